"""What must survive what: kills, power cuts, failing writes, full disks, strange files. Each harness has a control."""
