"""The workshop: a folder in which a recorded program runs again as if it were the first time.

Below `tree/` lie the recorded files at their recorded absolute paths, so that every relative
path of the program leads to what it led to then. Writing outside the workshop is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from forebear.capture import code, environment
from forebear.core.blobs import KeptBytes
from forebear.core.digest import short
from forebear.core.errors import ForebearError, InvalidInput
from forebear.engines.files import digest_path
from forebear.ops.recipe import Ingredient, RecipeResponse

__all__ = ["Workshop"]


class Workshop:
    """Sets the scene for one reproduction below `folder`, which must be empty."""

    def __init__(self, folder: Path, blobs: KeptBytes) -> None:
        self.folder = folder
        self.tree = folder / "tree"
        self.scratch = folder / "scratch"
        self.store = folder / "store"
        self.output = folder / "output.txt"
        """What the second run prints."""
        self._blobs = blobs
        for place in (self.tree, self.scratch):
            place.mkdir(parents=True)

    def place(self, path: str | Path) -> Path:
        """Return where a recorded absolute path lies in the workshop."""
        return self.tree / Path(path).relative_to(Path(path).anchor)

    def recorded(self, path: str) -> str:
        """Return the recorded path of a place in the workshop."""
        tree = str(self.tree)
        return path.removeprefix(tree) if path.startswith(tree) else path

    def lay_out_code(self, recipe: RecipeResponse) -> None:
        """Put the recorded source files in their places.

        Raises:
            InvalidInput: a file is neither kept nor still what it was.
        """
        if recipe.code is None or recipe.code.digest is None:
            raise InvalidInput(f"The code of run:{recipe.run.id} was not recorded.")
        base = Path(recipe.run.cwd or "/")
        for file in code.read_manifest(self._blobs.get(recipe.code.digest)):
            original = base / file.path
            target = self.place(original)
            target.parent.mkdir(parents=True, exist_ok=True)
            if file.secrets or not self._blobs.has(file.digest):
                self._from_disk(original, file.digest, target, "Code file")
            else:
                self._blobs.copy_to(file.digest, target)

    def lay_out_inputs(self, inputs: Sequence[Ingredient]) -> list[str]:
        """Put the recorded inputs in their places; return what is in the way, in words."""
        obstacles = []
        for one in inputs:
            target = self.place(one.path)
            if target.exists() or one.artifact.digest is None:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                if self._blobs.has(one.artifact.digest):
                    self._blobs.copy_to(one.artifact.digest, target)
                else:
                    self._from_disk(Path(one.path), one.artifact.digest, target, "Input")
            except ForebearError as error:
                obstacles.append(error.message)
        return obstacles

    def make_room_for(self, outputs: Sequence[Ingredient], cwd: str) -> None:
        """Make the folders that the program found when it ran."""
        self.place(cwd).mkdir(parents=True, exist_ok=True)
        for one in outputs:
            self.place(one.path).parent.mkdir(parents=True, exist_ok=True)

    def environment(self, recipe: RecipeResponse) -> environment.Environment | None:
        """Return the recorded environment, or None when it was not recorded."""
        if recipe.environment is None or recipe.environment.digest is None:
            return None
        return environment.read_environment(self._blobs.get(recipe.environment.digest))

    def command(self, recipe: RecipeResponse, python: Path) -> list[str]:
        """Return the recorded command for this place and this interpreter.

        Raises:
            InvalidInput: part of it was a secret and is not recorded.
        """
        words = list(recipe.run.command)
        if recipe.run.attrs.get("redacted"):
            raise InvalidInput(
                "The command line held a secret that was not recorded, so it can't be run again.",
                hint="Pass secrets by environment variables, which the program reads itself.",
            )
        if words and Path(words[0]).name.startswith("python"):
            words[0] = str(python)
        return [
            str(self.place(word))
            if Path(word).is_absolute() and self.place(word).is_file()
            else word
            for word in words
        ]

    def _from_disk(self, original: Path, digest: str, target: Path, what: str) -> None:
        if not original.exists():
            raise InvalidInput(f"{what} {original} is gone, and no copy of it was kept.")
        present = digest_path(original).digest
        if present != digest:
            raise InvalidInput(
                f"{what} {original} has changed: it was {short(digest)}, now it is"
                f" {short(present)}, and no copy of it was kept."
            )
        target.symlink_to(original)
