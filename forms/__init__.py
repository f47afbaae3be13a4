"""Forms as data: form-js JSON read, shown by the server, checked by the server."""

from forms.masking import unmasked
from forms.model import Field, Form, Option, bindings, found, keys, placed
from forms.posted import read_posted, rearranged
from forms.reader import read
from forms.validation import completed, known, validate
from forms.view import FieldView, Known, leaves_of, view

__all__ = [
    "Field",
    "FieldView",
    "Form",
    "Known",
    "Option",
    "bindings",
    "completed",
    "found",
    "keys",
    "known",
    "leaves_of",
    "placed",
    "read",
    "read_posted",
    "rearranged",
    "unmasked",
    "validate",
    "view",
]
