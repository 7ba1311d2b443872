import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const styles = "node_modules/@mantine/core/styles";
const imported = readFileSync("src/app/mantine.css", "utf8");
const USED = /import \{([^}]*)\} from "@mantine\/core"/g;

it("has the looks of every part of Mantine that is used", () => {
  const files = import.meta.glob("../**/*.tsx", { query: "?raw", import: "default", eager: true });
  const used = new Set(
    Object.values(files as Record<string, string>)
      .flatMap((text) => [...text.matchAll(USED)])
      .flatMap(([, names = ""]) => names.split(","))
      .map((name) => name.replace("type ", "").split(" as ")[0]?.trim() ?? ""),
  );
  expect(used.size).toBeGreaterThan(20);
  const lacking = [...used].filter(
    (name) => existsSync(`${styles}/${name}.css`) && !imported.includes(`/${name}.css"`),
  );
  expect(lacking).toEqual([]);
});
