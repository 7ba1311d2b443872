"""Matplotlib: figures that are saved, and the data that was drawn in them.

What pandas and seaborn draw is followed to the frames that they were given.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from forebear.capture.datafiles import data_written, place_of
from forebear.capture.flow import follow, parts
from forebear.capture.patching import Call, Patches

__all__ = ["MODULES"]

_DRAWING: Final = (
    "plot scatter bar barh hist hist2d imshow boxplot errorbar fill_between fill_betweenx pie step"
    " stem violinplot contour contourf pcolormesh pcolor hexbin stackplot loglog semilogx semilogy"
    " matshow spy stairs ecdf eventplot quiver tripcolor"
).split()


def patch_axes(patches: Patches, module: ModuleType) -> None:
    """Follow data into the figures that it is drawn in."""
    for name in _DRAWING:
        follow(patches, module.Axes, name, _drawn)


def patch_figure(patches: Patches, module: ModuleType) -> None:
    """Observe the saving of figures."""
    patches.observe(module.Figure, "savefig", _after_save)


def patch_pandas(patches: Patches, module: ModuleType) -> None:
    """Follow frames into the figures that pandas draws."""
    plotting = sys.modules.get("pandas.plotting._core")
    if plotting is not None:
        follow(patches, plotting.PlotAccessor, "__call__", _drawn_by_accessor)
    for cls, names in ((module.DataFrame, ("hist", "boxplot")), (module.Series, ("hist",))):
        for name in names:
            follow(patches, cls, name, _drawn_by_function)


def patch_seaborn(patches: Patches, module: ModuleType) -> None:
    """Follow data into the figures that seaborn draws."""
    for name, function in list(vars(module).items()):
        if inspect.isfunction(function) and "data" in inspect.signature(function).parameters:
            follow(patches, module, name, _drawn_by_function)


Made = tuple[Any, Iterable[Any]]


def _figure(thing: Any) -> Any:
    """Return the figure of axes, of an array of axes, or of a grid."""
    if hasattr(thing, "flat"):
        thing = next(iter(thing.flat), None)
    figure = getattr(thing, "figure", None)
    return getattr(figure, "figure", figure)  # of a part of a figure: the whole


def _drawn(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Made:
    return _figure(args[0]), parts(args[1:], kwargs)


def _drawn_by_accessor(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Made:
    return _figure(result), [getattr(args[0], "_parent", None)]


def _drawn_by_function(args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Made:
    return _figure(result), parts(args, kwargs)


def _after_save(call: Call, result: Any) -> None:
    target = call.argument(1, "fname")
    place = place_of(target)
    if place is None:
        return
    if isinstance(place, Path) and not place.exists():  # it adds the ending that is usual
        figure = call.args[0]
        target = f"{place}.{call.kwargs.get('format') or figure.canvas.get_default_filetype()}"
    format = call.kwargs.get("format") or Path(str(target)).suffix.lstrip(".")
    data_written(call, [call.args[0]], target, "Figure.savefig", format=format, kind="file")


MODULES = {
    "matplotlib.axes": patch_axes,
    "matplotlib.figure": patch_figure,
    "pandas": patch_pandas,
    "seaborn": patch_seaborn,
}
