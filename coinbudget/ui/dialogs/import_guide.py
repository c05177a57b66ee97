"""How to get each file, step by step, and how long it takes.

Facts: TikTok's help pages and Data Portability documentation (JSON or TXT; a finished request expires after four days);
Google Takeout; Apple's "Data and Privacy" page (up to seven days). That tiktok.com has the same in its settings, that
links come by e-mail and that Apple's ZIP is fetched from the same page is general knowledge. Menus move; the words name
what they lead to.
"""

from PySide6.QtCore import QCoreApplication


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportGuide", text)


def guides() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Source, how long it takes, and the steps."""
    return (
        (
            _tr("TikTok’s data export"),
            _tr("Ready within minutes to a few days"),
            (
                _tr(
                    "In the app: Profile, menu, Settings and privacy, Account, Download your data. In a browser on "
                    "this computer the settings of tiktok.com have it too."
                ),
                _tr("Choose JSON, not TXT, and request the data. All data, or activity and wallet, will do."),
                _tr(
                    "Come back when it is ready and download the ZIP; after about four days it is gone. From a phone, "
                    "send it over to this computer."
                ),
                _tr("Drop the ZIP here as it is. Only coins, gifts and LIVEs with gifts are read."),
            ),
        ),
        (
            _tr("Google Play orders"),
            _tr("Ready within minutes to hours"),
            (
                _tr(
                    "On takeout.google.com sign in with the account that pays, perhaps the child’s; deselect all, then "
                    "choose Google Play Store alone."
                ),
                _tr("Export once, as ZIP; Google sends a link by e-mail."),
                _tr("Drop the ZIP here. Only TikTok lines of the order history are read, refunds too."),
            ),
        ),
        (
            _tr("Apple purchases"),
            _tr("Ready within seven days"),
            (
                _tr("On privacy.apple.com choose Request a copy of your data."),
                _tr("Choose Apple Media Services information and wait for the e-mail."),
                _tr("Then go to privacy.apple.com again and download the ZIP."),
                _tr("Drop the ZIP here; the ZIP inside it need not be unpacked."),
            ),
        ),
        (
            _tr("A sheet of your own"),
            _tr("No waiting"),
            (
                _tr("Any CSV will do; save an .xlsx file as CSV first. Or copy its rows and press Paste rows."),
                _tr("Say what each column means; the mapping can be saved under a name."),
            ),
        ),
    )
