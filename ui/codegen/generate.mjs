// Writes the types of the server's interface: `describe.py | node generate.mjs FILE`.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const document = JSON.parse(readFileSync(0, "utf8"));
const types = await openapiTS(document, {
  defaultNonNullable: false,
  emptyObjectsUnknown: true,
});
const said = "// Made by `make ui-types` from what the server says of itself.\n";
writeFileSync(process.argv[2], said + astToString(types));
