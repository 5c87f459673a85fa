"""Every refusal of a file the operator brings: what is wrong with it, and the cure."""

from __future__ import annotations

from locales import N_
from services.errors import DomainError


class TableNotFound(DomainError):
    """There is no such file, or it cannot be opened."""

    message = N_("{file}: cannot be opened; check the name and the folder, then run again.")


class TableTooLarge(DomainError):
    """A file larger than an import reads."""

    message = N_("{file}: larger than {most} MB; split it into smaller files and import them one by one.")


class TableTooLong(DomainError):
    """More rows than an import reads."""

    message = N_("{file}: more than {most} rows; split it into smaller files and import them one by one.")


class TableNotUtf8(DomainError):
    """A CSV whose letters make no Vietnamese in any encoding known here."""

    message = N_('{file}: its letters cannot be read; save it as "CSV UTF-8" in Excel, then run again.')


class TableSheetUnknown(DomainError):
    """A workbook has no sheet of that name."""

    message = N_('{file}: there is no sheet "{sheet}"; it has {sheets}.')


class TableHasNoSheets(DomainError):
    """A sheet was named for a file that is no workbook."""

    message = N_("{file}: only a workbook (.xlsx) has sheets; leave out --sheet.")


class TableUnreadable(DomainError):
    """Neither CSV nor .xlsx, or damaged."""

    message = N_("{file}: not CSV nor .xlsx, or damaged; save it as .xlsx in Excel, then run again.")


class TableLocked(DomainError):
    """An old .xls workbook, or one with a password: both come in the same container."""

    message = N_(
        "{file}: an old .xls, or locked by a password; save it as .xlsx without password, then run again."
    )


class TableEmpty(DomainError):
    """A file without a row below the names of its columns."""

    message = N_("{file}: no row to read; the first row names the columns, the rows below it hold the data.")


class WorkbookUnwritable(DomainError):
    """The place where a workbook shall go does not take files."""

    message = N_("{file}: cannot be written; choose another folder, a name ending in .xlsx, then run again.")
