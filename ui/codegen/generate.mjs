// Writes the types of the server's interface: `describe.py | node generate.mjs FILE`.
import { writeFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";

const document = await json(process.stdin);
const types = await openapiTS(document, {
  defaultNonNullable: false,
  emptyObjectsUnknown: true,
});
const said = "// Made by `make ui-types` from what the server says of itself.\n";
writeFileSync(process.argv[2], said + astToString(types));
