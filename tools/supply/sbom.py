"""``./run sbom``: what an installation consists of, in CycloneDX's JSON.

Our addons with their files for the browser, Odoo, the locked Python packages, and the
Debian packages that ours need. The same installation gives the same bytes: no time of
day is in it, and its serial number is made from its contents.
"""

import ast
import json
import os
import runpy
import sys
import uuid
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tools.errors import SetupError
from tools.released import addon_digest, addon_folders, addon_version, project_version
from tools.settings import ROOT, Settings
from tools.supply import debian
from tools.supply.licences import licence
from tools.supply.locks import SHIPPED, Locked, read_lock

OURS = "LGPL-3.0-only"
DIGEST = "bmasia-crm:digest"  # how it is made: tools/released.py, addon_digest
Needs = dict[str, set[str]]  # {reference: {reference that it needs}}


class Contents:
    """The parts of an installation and which of them needs which."""

    def __init__(self) -> None:
        self.parts: dict[str, Component] = {}
        self.needs: Needs = {}

    def add(self, part: Component, needs: Iterable[str] = ()) -> None:
        """Add a part, and the references of what it needs."""
        reference = str(part.bom_ref.value)
        self.parts[reference] = part
        self.needs[reference] = set(needs)

    def as_bom(self, whole: Component) -> Bom:
        """All of it in CycloneDX's terms; what is not there is needed by nobody.

        :param whole: what they make together
        """
        bom = Bom(components=self.parts.values())
        bom.metadata.component = whole
        inner = set().union(*self.needs.values())
        top = [part for name, part in self.parts.items() if name not in inner]
        bom.register_dependency(whole, top)
        for name, part in self.parts.items():
            others = [self.parts[n] for n in self.needs[name] & self.parts.keys()]
            bom.register_dependency(part, others)
        return bom


def _licences(expression: str) -> list[Any]:
    return [LicenseFactory().make_from_string(expression)] if expression else []


def _sha256(digest: str) -> HashType:
    return HashType(alg=HashAlgorithm.SHA_256, content=digest)


def add_addons(contents: Contents, root: Path) -> None:
    """Our addons, each with its digest and its files for the browser."""
    folders = addon_folders(root)
    for name, folder in folders.items():
        manifest = ast.literal_eval((folder / "__manifest__.py").read_text())
        part = Component(
            type=ComponentType.LIBRARY,
            name=name,
            version=addon_version(folder),
            bom_ref=f"addon:{name}",
            licenses=_licences(OURS),
            properties=[Property(name=DIGEST, value=addon_digest(folder))],
            components=[_asset(name, folder, path) for path in _assets(folder)],
        )
        ours = [f"addon:{n}" for n in manifest["depends"] if n in folders]
        python = manifest.get("external_dependencies", {}).get("python", [])
        contents.add(part, ["odoo", *ours, *(f"python:{p.lower()}" for p in python)])


def _assets(folder: Path) -> list[Path]:
    return sorted(p for p in (folder / "static").rglob("*") if p.is_file())


def _asset(addon: str, folder: Path, path: Path) -> Component:
    name = str(path.relative_to(folder))
    return Component(
        type=ComponentType.FILE,
        name=name,
        bom_ref=f"addon:{addon}:{name}",
        hashes=[_sha256(sha256(path.read_bytes()).hexdigest())],
    )


def add_odoo(contents: Contents, state: Path) -> None:
    """Odoo: Debian's package and what its links point to, or a checkout.

    :raises SetupError: neither is there
    """
    if checkout := os.environ.get("ODOO_DIR"):
        folder = Path(checkout)
        version = runpy.run_path(str(folder / "odoo" / "release.py"))["version"]
        digests = "".join(
            addon_digest(folder / name)
            for name in ("odoo", "addons")
            if (folder / name).is_dir()
        )
        digest = sha256(digests.encode()).hexdigest()
        contents.add(
            Component(
                type=ComponentType.FRAMEWORK,
                name="odoo",
                version=version,
                bom_ref="odoo",
                licenses=_licences(OURS),
                properties=[Property(name=DIGEST, value=digest)],
            )
        )
        return
    sums = state / "odoo" / "SHA256SUMS"
    if not sums.exists():
        raise SetupError(f"Odoo is not in {state}", "Set it up: ./run")
    packages = debian.unpacked(sums.read_text())
    others = [f"unpacked:{p.name}" for p in packages if p.name != "odoo-19"]
    for package in packages:
        is_odoo = package.name == "odoo-19"
        contents.add(_deb(package, is_odoo), others if is_odoo else [])


def _deb(package: debian.Package, is_odoo: bool = False) -> Component:
    # the packages of Odoo are taken from sid, whatever this machine runs
    where, kind = {"arch": package.architecture}, "unpacked"
    if not package.sha256:
        where["distro"], kind = debian.release(), "deb"
    return Component(
        type=ComponentType.FRAMEWORK if is_odoo else ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        bom_ref="odoo" if is_odoo else f"{kind}:{package.name}",
        licenses=_licences(OURS) if is_odoo else [],
        purl=PackageURL("deb", "debian", package.name, package.version, where),
        hashes=[_sha256(package.sha256)] if package.sha256 else [],
    )


def add_debian(contents: Contents, packages: list[debian.Package]) -> None:
    """Debian packages, with what each needs of the others."""
    givers = {name: p.name for p in packages for name in p.gives}
    for package in packages:
        needs = {givers[n] for names in package.needs for n in names if n in givers}
        contents.add(_deb(package), [f"deb:{n}" for n in needs - {package.name}])


def add_python(contents: Contents, lock: list[Locked]) -> None:
    """The locked Python packages for this machine, each with the hashes of all files
    that pip takes for it."""
    here = [package for package in lock if package.is_for_here]
    for package in here:
        purl = PackageURL("pypi", None, package.name, package.version)
        files = ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(purl.to_string()),
            comment="pip takes a file with one of these hashes",
            hashes=[_sha256(digest) for digest in package.hashes],
        )
        part = Component(
            type=ComponentType.LIBRARY,
            name=package.name,
            version=package.version,
            bom_ref=f"python:{package.name}",
            licenses=_licences(licence(package.name)),
            purl=purl,
            external_references=[files],
        )
        needs = [other.name for other in here if package.name in other.asked_by]
        contents.add(part, [f"python:{name}" for name in needs])


def make(state: Path, root: Path = ROOT) -> str:
    """The list of an installation.

    :param state: its state folder
    :param root: the source tree
    :returns: JSON after CycloneDX 1.6, with a line feed at the end
    """
    contents = Contents()
    add_addons(contents, root)
    add_odoo(contents, state)
    add_python(contents, read_lock(SHIPPED, root))
    add_debian(contents, debian.of_the_machine(root))
    whole = Component(
        type=ComponentType.APPLICATION,
        name="bmasia-crm",
        version=project_version(root),
        bom_ref="bmasia-crm",
        licenses=_licences(OURS),
    )
    found = json.loads(JsonV1Dot6(contents.as_bom(whole)).output_as_string())
    del found["metadata"]["timestamp"], found["serialNumber"]
    content = json.dumps(found, sort_keys=True)
    serial = uuid.uuid5(uuid.NAMESPACE_OID, content)
    return json.dumps({"serialNumber": f"urn:uuid:{serial}", **found}, indent=2) + "\n"


def run_sbom(settings: Settings, arguments: list[str]) -> int:
    """Write the list.

    :param tools.settings.Settings settings: for the state folder
    :param list[str] arguments: the file to write; none: ``sbom.cdx.json`` there
    :returns: the exit code
    :rtype: int
    """
    path = Path(arguments[0]) if arguments else settings.state / "sbom.cdx.json"
    text = make(settings.state)
    try:
        path.write_text(text)
    except OSError as error:
        raise SetupError(
            f"{path} cannot be written ({error.strerror})", "Name another file."
        ) from error
    count = len(json.loads(text)["components"])
    sys.stdout.write(f"{path}: {count} components, CycloneDX 1.6\n")
    return 0
