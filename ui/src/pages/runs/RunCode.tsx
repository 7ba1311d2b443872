import { Anchor, Group, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { useView } from "../../app/address";
import { Digest, Verdict } from "../../components/marks";
import { Answered, Section } from "../../components/Page";
import { bytes } from "../../components/said";
import { Table } from "../../components/Table";
import { Against } from "./Against";
import { CodeDiff } from "./CodeDiff";
import type { ShownRun } from "./Run";
import { Scrolled } from "./Scrolled";

/** The source files that ran, one of them in full, or what differs from another run's. */
export function RunCode({ view }: ShownRun) {
  const [{ file, against }, change] = useView({ file: "", against: "" });
  const target = `run:${view.run.id}`;
  const query = useAsk("code", { target: { ref: target }, path: file || null });
  return (
    <Stack gap="lg">
      <Against view={view} value={against} onChoose={(run) => change({ against: run })} />
      {against ? (
        <CodeDiff left={against} right={target} />
      ) : (
        <Answered query={query}>
          {(answer) => (
            <Stack gap="md">
              <Text>{answer.verdict}</Text>
              <Files of={answer} chosen={file} onChoose={(path) => change({ file: path })} />
              <SourceText of={answer.files.find(({ path }) => path === file)} />
            </Stack>
          )}
        </Answered>
      )}
    </Stack>
  );
}

interface FilesProps {
  of: Schemas["CodeResponse"];
  chosen: string;
  onChoose: (path: string) => void;
}

function Files({ of, chosen, onChoose }: FilesProps) {
  if (of.files.length === 0) return null;
  return (
    <Table
      label="Source files"
      rows={of.files}
      rowKey={({ path }) => path}
      columns={[
        {
          label: "File",
          cell: ({ path, kept }) =>
            kept ? (
              <Anchor
                component="button"
                type="button"
                className="mono"
                aria-expanded={path === chosen}
                onClick={() => onChoose(path === chosen ? "" : path)}
              >
                {path}
              </Anchor>
            ) : (
              <span className="mono">{path}</span>
            ),
          by: ({ path }) => path,
        },
        { label: "Size", cell: ({ size }) => bytes(size), by: ({ size }) => size, number: true },
        { label: "Content", cell: ({ digest }) => <Digest of={digest} /> },
        {
          label: "",
          cell: ({ kept, secrets = [] }) => (
            <Group gap={4}>
              {!kept && <Verdict tone="warn">not kept</Verdict>}
              {secrets.length > 0 && <Verdict tone="warn">secrets were taken out</Verdict>}
            </Group>
          ),
        },
      ]}
    />
  );
}

function SourceText({ of }: { of: Schemas["CodeFile"] | undefined }) {
  if (!of) return null;
  if (of.text == null) return <Text c="dimmed">The text of {of.path} is not kept here.</Text>;
  return (
    <Section title={of.path}>
      <Scrolled className="code" label={`Text of ${of.path}`}>
        {of.text
          .replace(/\n$/, "")
          .split("\n")
          .map((text, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
            <div key={place}>
              <span className="at">{place + 1}</span>
              {text}
            </div>
          ))}
      </Scrolled>
    </Section>
  );
}
