"""Names and texts of strangers are text on our pages: nothing makes HTML or addresses of them.

React writes what it is given as text. These are the ways around that.
"""

import re
from pathlib import Path

import pytest

SOURCES = sorted(
    path
    for path in (Path(__file__).parents[2] / "ui" / "src").rglob("*.ts*")
    if ".test." not in path.name
)
WAYS = {
    "HTML": r"dangerouslySetInnerHTML|innerHTML|outerHTML|insertAdjacentHTML|srcDoc",
    "HTML that is parsed": r"createContextualFragment|DOMParser|document\.write",
    "code": r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]",
    "an address to go to": r"window\.open\(|location\.(href\s*=|assign\(|replace\()",
    "a window that looks back": r"target=[\"']_blank[\"'](?![^>]*noreferrer)",
}
ADDRESS = re.compile(r"\b(?:href|src|xlinkHref|formAction)=\{([^}]*)\}")
OURS = re.compile(r"^[`\"'](/|#|data:image/|blob:|\$\{ways\.oidc$)")
"""Addresses that begin with a place of ours, or that the server itself has made."""


@pytest.mark.parametrize("way", WAYS)
def test_no_page_makes_anything_else_of_it(way):
    assert len(SOURCES) > 50
    found = [path.name for path in SOURCES if re.search(WAYS[way], path.read_text())]
    assert found == []


def test_no_address_is_anybodys_text():
    said = [
        (path.name, address)
        for path in SOURCES
        for address in ADDRESS.findall(path.read_text())
        if not OURS.search(address.strip())
    ]
    assert said == []
