"""`forebear notify`: who was told of recalls, and telling again."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from forebear.cli.app import COMMON, USE, Common, commands
from forebear.cli.output import ask, more, note, print_json, print_lines
from forebear.client.config import NotifyConfig, load_config
from forebear.client.locate import locate
from forebear.client.notify import tell, tell_again
from forebear.client.notify_text import deliveries_lines, told_lines, told_words
from forebear.core.errors import ForebearError, InvalidInput
from forebear.core.recalls import Delivery, Happening
from forebear.ops.notices import DeliveriesRequest

__all__ = ["announce", "retry", "status"]

_family: Final = commands(USE, "notify", "Who was told of recalls, and telling again.")


class _Told(Struct, frozen=True, kw_only=True):
    deliveries: list[Delivery]


@_family.command
def retry(*, recall: str | None = None, common: Common = COMMON) -> int:
    """Tell those who could not be told, and those whom nobody has tried to tell. 1: some failed.

    Parameters
    ----------
    recall
        Only of this recall, or the start of its id.
    """
    config = _settings(common)
    if not (config.webhooks or config.email or config.command):
        raise InvalidInput(
            "Nobody is to be told.",
            hint="[notify] in config.toml names webhooks, mails, a command.",
        )
    with common.connect() as client:
        made = tell_again(
            client, config, wanted=lambda one: one.told.recall.startswith(recall or "")
        )
    print_json(_Told(deliveries=made)) if common.json else print_lines(told_lines(made))
    return 1 if any(one.status == "failed" for one in made) else 0


@_family.command
def status(*, limit: int | None = None, after: str | None = None, common: Common = COMMON) -> None:
    """Who was told of which recall, when, and how did it go?

    Parameters
    ----------
    limit
        How many are listed.
    after
        The next page: what the page before said.
    """
    answer = ask(common, DeliveriesRequest(limit=limit, after=after))
    if common.json:
        print_json(answer)
        return
    print_lines(deliveries_lines(answer))
    more(answer.next)


def announce(common: Common, recall: str, happening: Happening) -> None:
    """Tell those who are to be told of a recall; what goes wrong is said and harms nothing."""
    try:
        config = _settings(common)
        with common.connect() as client:
            made = tell(client, recall, happening, config)
    except ForebearError as error:
        note(f"Nobody was told: {error.message}")
        return
    if made:
        note(told_words(made))


def _settings(common: Common) -> NotifyConfig:
    place = locate(common.store)
    return load_config(place.folder).notify if place.folder is not None else NotifyConfig()
