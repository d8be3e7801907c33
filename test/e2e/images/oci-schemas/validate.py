"""Validates JSON files against OCI schemas: validate.py SCHEMA FILE [SCHEMA FILE ...]. Prints what is wrong."""

import json
import pathlib
import sys

from jsonschema import Draft4Validator, RefResolver

HERE = pathlib.Path(__file__).parent


def schema(name):
    return json.loads((HERE / name).read_text())


class OwnFiles(RefResolver):
    """Schemas refer to each other by addresses on the web, whose last part is the file's name."""

    def resolve_remote(self, uri):
        return schema(uri.split("/")[-1])


faults = 0
for name, path in zip(sys.argv[1::2], sys.argv[2::2]):
    validator = Draft4Validator(schema(name), resolver=OwnFiles.from_schema(schema(name)))
    for error in validator.iter_errors(json.loads(pathlib.Path(path).read_text())):
        faults += 1
        print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
sys.exit(1 if faults else 0)
