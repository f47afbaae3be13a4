"""Forms as data: form-js JSON read, shown by the server, checked by the server."""

from forms.model import Field, Form, Option, bindings, keys
from forms.posted import read_posted, rearranged
from forms.reader import read
from forms.validation import completed, validate
from forms.view import FieldView, Known, view

__all__ = [
    "Field",
    "FieldView",
    "Form",
    "Known",
    "Option",
    "bindings",
    "completed",
    "keys",
    "read",
    "read_posted",
    "rearranged",
    "validate",
    "view",
]
