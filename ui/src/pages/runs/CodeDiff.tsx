import "./runs.css";
import { Group, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { Verdict } from "../../components/marks";
import { Answered } from "../../components/Page";
import { Scrolled } from "./Scrolled";

type File = Schemas["FileDiff"];

/** How the code of two runs differs, line by line. */
export function CodeDiff({ left, right }: { left: string; right: string }) {
  const query = useAsk("code-diff", { left: { ref: left }, right: { ref: right } });
  return (
    <Answered query={query}>
      {({ verdict, files }) => (
        <Stack gap="md">
          <Text fw={500}>{verdict}</Text>
          {files
            .filter(({ change }) => change !== "same")
            .map((file) => (
              <FileLines key={file.path} of={file} />
            ))}
        </Stack>
      )}
    </Answered>
  );
}

function FileLines({
  of: { path, change, added = 0, removed = 0, hunks = [], why },
}: {
  of: File;
}) {
  return (
    <Stack gap={4}>
      <Group gap={8}>
        <b className="mono">{path}</b>
        <Verdict tone="none">{change}</Verdict>
        <span className="quiet">
          +{added} −{removed}
        </span>
      </Group>
      {why && <Text c="dimmed">{why}</Text>}
      {hunks.length > 0 && (
        <Scrolled className="code" label={`Differences of ${path}`}>
          {hunks.map((hunk) => (
            <Lines key={`${hunk.left} ${hunk.right}`} of={hunk} />
          ))}
        </Scrolled>
      )}
    </Stack>
  );
}

const LOOKS = { "+": "came", "-": "went", " ": undefined };

function Lines({ of: { left, right, lines } }: { of: Schemas["Hunk"] }) {
  return (
    <>
      <div className="hunk">
        {" "}
        line {left} → line {right}
      </div>
      {numbered(left, right, lines).map(({ mark, text, before, after }) => (
        <div key={`${mark}${before}${after}`} className={LOOKS[mark]}>
          <span className="at">{mark === "+" ? after : before}</span>
          {mark} {text}
        </div>
      ))}
    </>
  );
}

type Numbered = Schemas["TextLine"] & { before: number; after: number };

/** Return lines with their numbers on the left and on the right. */
export function numbered(left: number, right: number, lines: Schemas["TextLine"][]): Numbered[] {
  let [before, after] = [left - 1, right - 1];
  return lines.map((line) => {
    if (line.mark !== "+") before += 1;
    if (line.mark !== "-") after += 1;
    return { ...line, before, after };
  });
}
