"""
A folder that holds links to what may be opened, and nothing else.

Voila opens any notebook below its root folder and, with a warm pool, searches
it all for notebooks: a project's folder, with environments and archives in it,
is the wrong root. A `LinkRoot` is a temporary root of links to the notebooks'
folders, made as they are needed. Kernels still run in the real folders.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote, urlencode


class LinkRoot:
    """
    A temporary root folder of links.

    Parameters
    ----------
    parent : pathlib.Path, optional
        Where to put it; the system's temporary folder by default.

    Attributes
    ----------
    root : pathlib.Path
        The folder.

    Examples
    --------
    >>> links = LinkRoot()
    >>> links.address(Path("/tmp/a/workbooks/sizing.ipynb"))
    'workbooks/sizing.ipynb'
    >>> links.address(Path("/tmp/b/workbooks/sizing.ipynb"))
    'workbooks-2/sizing.ipynb'
    >>> links.close()
    """

    def __init__(self, parent: Path | None = None) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="planning-", dir=parent))
        self._names: dict[Path, str] = {}

    def address(self, file: Path) -> str:
        """
        Path of a file relative to the links, linking its folder first if needed.

        Parameters
        ----------
        file : pathlib.Path
            An existing file, absolute.

        Returns
        -------
        str
            With forward slashes, for an address in a browser.

        Raises
        ------
        OSError
            If the system does not allow links (Windows without developer mode).
        """
        folder = file.parent
        if folder not in self._names:
            taken = set(self._names.values())
            wanted = [folder.name or "root", *(f"{folder.name}-{n}" for n in range(2, 10_000))]
            name = next(name for name in wanted if name not in taken)
            (self.root / name).symlink_to(folder, target_is_directory=True)
            self._names[folder] = name
        return f"{self._names[folder]}/{file.name}"

    def live(self, file: Path, system: str | None = None) -> str:
        """
        Where a notebook opens live, below the server's root.

        Parameters
        ----------
        file : pathlib.Path
            The notebook.
        system : str, optional
            Key of the system that it is to show.

        Returns
        -------
        str
            A path with a query, without a slash before it.
        """
        query = f"?{urlencode({'system': system})}" if system else ""
        return f"voila/render/{quote(self.address(file))}{query}"

    def close(self) -> None:
        """Remove the links; what they point at stays."""
        shutil.rmtree(self.root, ignore_errors=True)
