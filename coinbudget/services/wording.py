"""One English sentence per Problem code. The command line prints it; the window translates the same template."""

from coinbudget.domain.errors import Problem

#: By code; {names} are the values of the Problem.
SENTENCES: dict[str, str] = {
    "ambiguous_entry": "“{name}” fits more than one entry; give more characters of its id.",
    "ambiguous_number": "“{text}” can be read as {one} or as {other}; write it without the grouping sign.",
    "ambiguous_purchase": "“{name}” fits more than one purchase; give its id.",
    "archive_broken": "The archive is damaged or cut off, so nothing was read from it; download it again.",
    "archive_encrypted": "The archive is locked with a password; unpack it first and bring in the folder.",
    "archive_inside": "{name} holds an archive ({known}); bring in that one by itself, or unpack it first.",
    "archive_too_many": "The archive holds more than {most} files, which no export does.",
    "archive_untrusted": "The archive was not opened: {what}.",
    "ask_apple_dates": "Are dates such as {known} day first or month first? Say it with --date-order dmy or mdy.",
    "ask_column": (
        "Which column means “{subject}”: {known}? Say it with --column NAME={subject}, or NAME=ignore where none does."
    ),
    "ask_currency": "In which currency are prices such as {known}? Say it with --currency, such as --currency EUR.",
    "ask_date_column": "Which column is the date? Say it with --column NAME=date; there are {known}.",
    "ask_date_order": "Does {known} in “{subject}” mean {ways}? Say it with --date-order dmy or mdy.",
    "ask_decimal": "Does {known} in “{subject}” mean {ways}? Say it with --decimal point or comma.",
    "ask_encoding": (
        "The sheet is no UTF-8 text; read as {ways} it says “{known}”. Say with --encoding what it is, such as {ways}."
    ),
    "ask_gift_amount": "Does the number beside a gift ({known}) count coins or pieces? Say it with --gift-amount.",
    "ask_kind": "Are the rows ({known}) purchases or gifts? Say it with --kind purchase or gift.",
    "ask_no_type": "What do rows without a kind ({known}) mean? Say it with --type '=bought' or --type '=ignore'.",
    "ask_type": (
        "What do rows of the kind “{subject}” ({known}) mean? Say it with --type '{subject}=bought' or =ignore."
    ),
    "ask_zone": "In which zone are times such as {known}? Say it with --time-zone; exports seen so far use UTC.",
    "backup_damaged": "The copy at {path} is damaged, so it was not used; nothing was changed.",
    "backup_exists": "There is already a file at {path}; it was left as it is.",
    "backup_is_ledger": "{path} is the ledger itself; choose another file for the copy.",
    "below_zero": "The number must not be below zero.",
    "broken_quotes": (
        "A quotation mark in the file is not closed or stands in a wrong place, so nothing after it can be trusted."
    ),
    "came_with_later": "What this import brought came back with a later import; bring back or undo that one.",
    "cancelled": "Cancelled; nothing was written.",
    "cannot_create": "The file {path} could not be made: {reason}.",
    "cannot_open": "The file {path} could not be opened: {reason}.",
    "cannot_write": "The file {path} could not be written: {reason}.",
    "cell_too_long": "A cell of the file is too long to be read.",
    "chain_broken": "Line {line} of the journal does not follow from the line before it.",
    "changed_elsewhere": "This entry was changed elsewhere since, so the step cannot be taken back.",
    "charged_without_paid": "What was charged needs the price that was paid beside it.",
    "coins_or_paid": "A purchase needs its coins or its price.",
    "column_fits_not": "The cells of “{name}” cannot be read as {role}.",
    "contents_damaged": "The ledger is damaged ({reason}); a backup can be restored.",
    "control_character": "This text has a control character or a broken sign in it.",
    "converted_out_of_range": "This amount in {currency} is too small or too large to keep.",
    "cost_differs": "The true costs of {profile} do not add up to what was paid.",
    "currency_fixed": "The currency stays {currency}: amounts are kept in it.",
    "currency_needed": "This region has no currency of its own; say which currency.",
    "cut_off": "The file ends in the middle of a row, as if it was cut off; nothing was read from it.",
    "disk_error": "The disk reported an error while the ledger was used ({reason}); nothing was saved.",
    "disk_full": "The disk is full; nothing was saved.",
    "duplicate_column": "The column “{column}” stands twice in the header.",
    "empty_file": "{path} is an empty file, not a ledger.",
    "empty_text": "The file is empty.",
    "entry_not_voided": "This entry is not voided.",
    "entry_voided": "This entry is voided; restore it first.",
    "fewer_coins_than_pieces": (
        "{pieces} pieces for {coins} coins cannot be; where the column has the coins of one piece, say that it means"
        " coins_each."
    ),
    "file_damaged": "The ledger {path} is damaged ({reason}); a backup can be restored.",
    "file_too_large": "The file is larger than {most}, which is more than any ledger.",
    "foreign_file": "{path} belongs to another program; it was left untouched.",
    "foreign_key_broken": "A row of the table {table} points to something that is not there.",
    "from_after_to": "The first day lies after the last day.",
    "gift_or_purchase": (
        "The row says that it is a purchase, and names “{name}”, as gifts do, and no price: say its price, or that it"
        " is a gift."
    ),
    "grouping_twice": "A grouping is named twice.",
    "id_conflict": "There is already an entry with the id “{id}”, and it says something else.",
    "id_exists": "There is already an entry with the id “{name}”.",
    "import_stands": "The import {batch} stands already.",
    "import_undone": "The import {batch} was taken back already.",
    "in_future": "This time lies in the future; mark the entry as planned or correct the time.",
    "integrity": "The file's own check says: {text}.",
    "is_a_folder": "{path} is a folder, not a file.",
    "is_directory": "{path} is a folder, not a ledger file.",
    "is_the_ledger": "{path} is the ledger itself; choose another file.",
    "json_broken": "The file is no sound JSON, so nothing was read from it; download it again.",
    "json_cut_off": "The file ends too early, as if the download was cut off; nothing was read from it.",
    "json_needs_file": "With --json the export needs a file: give one with -o.",
    "json_not_utf8": (
        "The file is JSON, but not in UTF-8, in which exports come; save it as UTF-8, or download it again."
    ),
    "json_too_deep": "The file nests deeper than {most} levels; no export does.",
    "kind_fixed": "The kind of an entry stays what it is: {kind}.",
    "ledger_locked": "Another program is using the ledger; try again in a moment.",
    "line_too_long": "A line of the file has no end; this is no ledger CSV.",
    "list_empty": "{name} is JSON that holds an empty list: no order of this account is in it.",
    "mapping_broken": "The saved mapping cannot be read; make it anew.",
    "mapping_fits_not": "None of the columns of the saved mapping is in this sheet.",
    "may_be_refund": (
        "“{text}” is above zero, and most amounts of its column are below: it may be a refund. Say in a column of kinds"
        " what it is (“refund” or “purchase”)."
    ),
    "migration_failed": "The ledger could not be brought up to date ({reason}); it is as it was.",
    "must_add_coins": "The reason “{reason}” adds coins: write a number above zero.",
    "must_take_coins": "Other use takes coins away: write the number with a minus sign.",
    "name_control": "A name cannot have signs that are not seen.",
    "name_missing": "A name must be given.",
    "name_too_long": "A name has at most {longest} characters.",
    "negative": "The number must be above zero.",
    "newer_file": "{path} was written by a newer version of coinbudget; it was left untouched.",
    "no_date": "The row has no date.",
    "no_display": "There is no display for the window; 'coinbudget --help' lists the commands that work as text.",
    "no_header": (
        "The file has no header row with the columns of a ledger CSV, such as kind and at; a sheet of one's own comes"
        " in with --format sheet, or in the window."
    ),
    "no_ledger": "There is no ledger at {path}.",
    "no_price": "No price of coins is known that could answer for {region} in {currency}.",
    "no_profile": "There is no profile yet; add one first.",
    "no_room_to_read": "The file could not be kept aside while it was looked at ({reason}).",
    "no_such_file": "There is no file {path}.",
    "no_such_folder": "There is no folder {path}.",
    "no_such_time": "The clocks in {zone} skipped this time; give another.",
    "not_a_database": "{path} is not a ledger; it was left untouched.",
    "not_a_date": "This is not a date; write it as 2026-11-22.",
    "not_a_file": "{path} is no file that can be read, but a device or a pipe.",
    "not_a_flag": "Write 1 for yes, or leave this empty.",
    "not_a_number": "This is not a number.",
    "not_a_price_here": "“{text}” is no price that could be read without a doubt.",
    "not_a_time_here": "“{text}” is no time that could be read.",
    "not_a_year": "This is not a year; write it as 1990.",
    "not_above_zero": "The number “{text}” is not above zero.",
    "not_an_instant": "This is not a time; write it as 2026-11-22T21:30 or 2026-11-22.",
    "not_apple": "The file has not the columns of Apple's store history.",
    "not_available": "This is not available yet.",
    "not_by_amending": "An entry is voided as an act of its own, not by amending it.",
    "not_coins_here": "“{text}” is no number of coins that could be read without a doubt.",
    "not_for_kind": "An entry of the kind “{kind}” does not have this.",
    "not_google": "The file holds no order history of Google Play.",
    "not_pieces_here": "“{text}” is no number of pieces that could be read without a doubt.",
    "not_planned": "This entry is not planned.",
    "not_readable": "The file {path} could not be read: {cause}.",
    "not_recognised": (
        "{name} holds none of the exports that can be read here; a sheet of one's own comes in as a single CSV file."
    ),
    "not_recognised_links": (
        "{name} holds none of the exports that can be read here; links, and folders more than {most} levels down, were"
        " passed over. Bring in the folder or file itself."
    ),
    "not_text": "The file is {what}, not a ledger CSV or an export; {advice}.",
    "not_that_format": (
        "The content is not {format}; leave --format out, or give --format sheet for a table of one's own."
    ),
    "not_this_encoding": "The file is no text in the encoding {encoding}; choose another, or save it as CSV (UTF-8).",
    "not_tiktok": "The file is JSON, but none that TikTok, Google or Apple hand out.",
    "not_utf8": (
        "The file is not UTF-8 text; save it as CSV (UTF-8) first, or bring it in as a sheet with its --encoding."
    ),
    "not_whole": "The number must be whole.",
    "nothing_left": "Nothing is left to refund of this purchase.",
    "nothing_to_change": "Say what to change: --amount or --period.",
    "nul_character": (
        "The file holds NUL characters: it is no text, or text in UTF-16 or UTF-32; save it as UTF-8 text first."
    ),
    "older_file": "{path} was written by an older version; open it in the window once, which brings it up to date.",
    "only_for_summary": "Entries are not grouped; --by belongs to the summary.",
    "order_mixed": "The order {order} holds other things too, so what of its total was for coins is not known.",
    "order_not_there": "No purchase of the order {name} is in the ledger or the file.",
    "order_of_several": (
        "The order {name} has several purchases, and the row does not tell which of them it gives back."
    ),
    "order_twice": "The order {order} stands twice in the file, with other amounts.",
    "other_format": "The content is {found}, not {format}; leave --format out.",
    "out_of_range": "The number must lie between {least} and {most}.",
    "paid_needs_currency": "Say with --currency what these prices are in.",
    "paid_zero": "A purchase costs something; log free coins as an adjustment with the reason bonus.",
    "pair_ambiguous": (
        "This may be one of {count} purchases of the ledger ({names}); say which with --pair ROW=ID, or ROW=new,"
        " or choose in the window."
    ),
    "pair_amount_differs": (
        "The purchase {names} is of this very time, but one of coins and price is another; say with --pair ROW=ID that"
        " they are the same, or ROW=new, or choose in the window."
    ),
    "pair_day_alone": (
        "This and other rows of that day may be the purchase {names}, as one of them knows the coins and the other the"
        " price; say which with --pair ROW=ID, or ROW=new, or choose in the window."
    ),
    "pair_not_possible": "It cannot be the purchase that was named; leave --pair out to see which it may be.",
    "pair_order_differs": (
        "The purchase {names} has this order number, but other coins or another price; say with --pair ROW=ID that they"
        " are the same, or ROW=new, or choose in the window."
    ),
    "pair_unsure": (
        "This may be purchase {names} of the ledger, read from a sheet before; say so with --pair ROW=ID, or ROW=new,"
        " or choose in the window."
    ),
    "profile_exists": "There is already a profile “{profile}”.",
    "purchase_asked": "Which purchase this gives back is open: say which one the row of its order is.",
    "purchase_planned": "A planned purchase cannot have a refund.",
    "purchase_voided": "The purchase of this refund is voided.",
    "rate_and_charged": "Give what was charged or a rate, not both.",
    "rate_out_of_range": "This rate is too small, too large or too long.",
    "rate_same_currency": "No rate is needed: the price is in the profile's currency.",
    "rate_without_paid": "A rate needs the price that was paid beside it.",
    "read_only": "The ledger {path} may only be read here, so nothing was saved.",
    "refund_currency": "A refund is in the currency of its purchase: {currency}.",
    "refund_exceeds_coins": "The purchase has only {left} coins left to take back.",
    "refund_exceeds_paid": "Only {left} {currency} of this purchase is left to refund.",
    "refund_of_nothing": "The row does not tell of which purchase money came back.",
    "refund_other_profile": "A refund belongs to the profile of its purchase.",
    "refund_stays": "A refund stays with its purchase.",
    "refund_without_order": "A refund needs the order number of its purchase; no column of this row gives one.",
    "refund_without_price": "The price of this purchase is not known, so it cannot be refunded.",
    "refunded_since": "This purchase was refunded since; void the refund first.",
    "refunds_currency": "This purchase has refunds in {currency}; its currency stays.",
    "refunds_differ": "The refunds of the purchase {name} do not add up.",
    "refunds_exceed_coins": "Refunds took back {refunded} coins of this purchase already.",
    "refunds_exceed_paid": "{refunded} {currency} of this purchase is refunded already.",
    "refunds_profile": "This purchase has refunds; its profile stays.",
    "region_needed": "Say which region.",
    "required": "This must be given.",
    "role_twice": "Two columns cannot both be “{role}”; name one.",
    "rows_apart": (
        "The ledger has these coins and this price in different purchases, or one of them with another price or other "
        "coins; undo the import that brought them, or leave this row out."
    ),
    "said_twice": "“{name}” was given two meanings; give it one.",
    "saved_unsure": "It is saved, but the disk reported an error ({reason}); it may not survive a power cut.",
    "several_formats": "There are several sources in it ({known}); say which one with --format.",
    "several_periods": "Group by one of day, week, month and year at most.",
    "several_prices": "“{name}” has several prices ({prices} coins); give the coins.",
    "sheets_apart": "{name} holds sheets of one's own ({known}), which come in one at a time; {advice}.",
    "signs_differ": (
        "“{text}” is below zero, and other amounts of its column are not: it may be a refund. Write what was paid"
        " without the sign, and say what came back in a column of kinds (“refund”)."
    ),
    "skipped_here": (
        "The clocks in {zone} skipped “{text}”: the times of this file are of another zone, perhaps UTC; "
        "choose it, or leave this row out."
    ),
    "symbol_of_another": "“{text}” is no amount in {currency}: its sign stands for {known}; name the right currency.",
    "take_back_cap": "A change of a cap is not taken back here.",
    "take_back_over": "This change cannot be taken back any more.",
    "text_too_long": "A text in the file is longer than any export has.",
    "time_two_ways": "“{text}” can be read with the day or the month first; say which of them it is.",
    "told_since": (
        "What came in since may be the same purchases or gifts. Import the file again instead: its rows are then held "
        "against them, and nothing counts twice."
    ),
    "too_early": "Entries begin in 2016; this date is earlier.",
    "too_far": "This date is too far ahead.",
    "too_few_cells": "The row has {cells} cells, but the header has {columns} columns.",
    "too_large": "The number must be at most {most}.",
    "too_long": "This text is longer than {most} characters.",
    "too_many_cells": "The row has {cells} cells, but the header has {columns} columns.",
    "too_many_columns": (
        "The sheet has more than {most} columns; copy those of purchases or gifts into one of their own."
    ),
    "too_many_decimals": "{currency} has {digits} decimals; this number has more.",
    "too_many_files": "The folder holds more than {most} files; choose the folder of the export itself.",
    "totals_differ": "The kept totals of {day} ({channel}) differ from the entries.",
    "unknown_answer": "“{text}” is not known; give {known}.",
    "unknown_channel": "“{channel}” is not a channel; use ios, android, web, gift_card or other.",
    "unknown_column": "There is no column “{name}”; there are {known}.",
    "unknown_currency": "“{currency}” is not a currency of ISO 4217.",
    "unknown_encoding": "“{name}” is not an encoding that sheets are read in; known are {known}.",
    "unknown_entry": "No entry is named “{name}”.",
    "unknown_export": "“{what}” cannot be exported; give entries or summary.",
    "unknown_export_form": "The form “{form}” is not known; give exact or spreadsheet.",
    "unknown_form": "The row's form “{form}” is not known.",
    "unknown_format": "The format “{format}” is not known; known are {known}.",
    "unknown_gift": "“{name}” is not a known gift; give its coins once and it is remembered.",
    "unknown_gift_amount": "“{text}” is not known; a gift's number counts coins or pieces.",
    "unknown_grouping": "“{name}” is no grouping; known are {known}.",
    "unknown_import": "There is no import {batch}; imports list tells the numbers.",
    "unknown_kind": "The kind must be purchase, gift, refund or adjustment.",
    "unknown_limit": "There is no limit {limit}.",
    "unknown_mapping": "There is no mapping “{name}”; known are {known}.",
    "unknown_measure": "“{measure}” is not a measure; use money, coins or cost.",
    "unknown_period": "“{period}” is not a period; use day, week, month, year, 24h, 7d or 30d.",
    "unknown_profile": "There is no profile “{profile}”.",
    "unknown_purchase": "No purchase is named “{name}”.",
    "unknown_reason": "The reason must be bonus, opening, other-use or correction.",
    "unknown_region": "“{region}” is not a country code of ISO 3166.",
    "unknown_row": "There is no row {said}; name it as the message does, such as 4 or orders:4.",
    "unknown_type_meaning": "“{text}” says nothing that is known; write it as NAME=bought or NAME=ignore.",
    "unknown_zone": "“{zone}” is not a time zone; write it as Europe/Berlin.",
    "voided_already": "This entry is voided already.",
    "went_with_another": "The purchase of a refund of this import went with another import; bring that one back first.",
    "which_profile": "Say which profile: {names}.",
    "zero": "The number must be above zero.",
}


def sentence(fault: Problem) -> str:
    """The English sentence of a Problem."""
    return SENTENCES[fault.code].format(**dict(fault.values))
