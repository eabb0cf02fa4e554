"""A page's form as a browser would send it: every field with the value that stands there."""

from html.parser import HTMLParser

from django.test import Client

from once.tokens import CSRF, FIELD

Fields = dict[str, str | list[str]]


class _Forms(HTMLParser):
    """Collects the fields of each form that is sent by POST, by where it is sent ("" for the page itself)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Fields] = {}
        self._fields: Fields | None = None
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            posted = given.get("method", "").lower() == "post"
            self._fields = self.found.setdefault(given.get("action", ""), {}) if posted else None
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and "selected" in given:
            self._add(self._select, given.get("value", ""))
        elif tag == "textarea":
            self._textarea = given.get("name", "")
        elif tag == "input" and given.get("name"):
            chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if chosen and given.get("type") not in {"file", "submit"}:
                self._add(given["name"], given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._add(self._textarea, data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def _add(self, name: str, value: str) -> None:
        if self._fields is None:
            return
        before = self._fields.get(name)
        if before is None:
            self._fields[name] = value
        else:
            self._fields[name] = [*(before if isinstance(before, list) else [before]), value]


def form_at(client: Client, page: str, sent_to: str) -> Fields:
    """Return the form of the page that is sent to an address; a KeyError tells that it carries no token."""
    response = client.get(page)
    assert response.status_code == 200, (page, response.status_code)
    forms = _Forms()
    forms.feed(response.content.decode())
    fields = forms.found.get(sent_to) or forms.found[""]
    assert fields[FIELD], page
    return {name: value for name, value in fields.items() if name != CSRF}
