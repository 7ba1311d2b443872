import { Code, Stack, Text } from "@mantine/core";
import type { Schemas } from "../../api/client";
import { Table } from "../../components/Table";
import { State } from "./marks";

type Outcome = Schemas["Outcome"];
type Action = Schemas["Action"];

/** What a policy asks, how it came out, and which commands get what is missing. */
export function Outcomes({ of }: { of: Outcome[] }) {
  return (
    <Table
      label="Requirements"
      rows={of}
      rowKey={({ requirement }) => requirement}
      columns={[
        {
          label: "Requirement",
          cell: ({ requirement, title }) => <Titled {...{ requirement, title }} />,
        },
        { label: "State", cell: ({ state }) => <State state={state} /> },
        { label: "What was found", cell: ({ words }) => <span className="wrap">{words}</span> },
        {
          label: "What gets it",
          cell: ({ state, ways }) => state !== "passed" && <Ways of={ways} />,
        },
      ]}
    />
  );
}

function Titled({ requirement, title }: { requirement: string; title: string }) {
  return (
    <>
      {requirement}
      <Text fz="xs" c="dimmed">
        {title}
      </Text>
    </>
  );
}

/** Ways to get something; each is some commands, all of them needed. */
export function Ways({ of = [] }: { of?: Action[][] }) {
  return (
    <Stack gap={4}>
      {of.map((way, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ways have no names and never change places
        <div key={index}>
          {index > 0 && <span className="quiet">or </span>}
          {way.map((action) => (
            <Command key={action.command} action={action} />
          ))}
        </div>
      ))}
    </Stack>
  );
}

/** A command that a person can run. */
export function Command({ action: { command, words } }: { action: Action }) {
  return (
    <div>
      <Code>{command}</Code> {words && <span className="quiet">{words}</span>}
    </div>
  );
}
