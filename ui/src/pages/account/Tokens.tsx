import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type Schemas, useAsk, useDo } from "../../api/client";
import { Time, Verdict } from "../../components/marks";
import { Answered, Section, Trouble } from "../../components/Page";
import { type Column, Table } from "../../components/Table";
import { TokenForm } from "./TokenForm";

type Entry = Schemas["TokenEntry"];

/** The tokens of whoever looks: to be made, looked at and ended. */
export function Tokens() {
  const query = useAsk("tokens", {});
  const [making, { open, close }] = useDisclosure();
  const revoke = useDo("token-revoke");
  return (
    <Section title="Tokens" note="let programs in as you; each is shown once, when it is made">
      <Answered query={query} empty={({ tokens }) => tokens.length === 0 && "You have none."}>
        {({ tokens }) => (
          <Table
            label="Tokens"
            rows={tokens}
            rowKey={({ id }) => id}
            columns={[...COLUMNS, ending((id) => revoke.mutate({ id }), revoke.isPending)]}
          />
        )}
      </Answered>
      {revoke.error && <Trouble problem={revoke.error} />}
      <Group>
        <Button variant="default" onClick={open}>
          Make a token …
        </Button>
      </Group>
      {making && <TokenForm onClose={close} />}
    </Section>
  );
}

const COLUMNS: Column<Entry>[] = [
  {
    label: "For",
    cell: ({ name, id }) => (
      <>
        {name || <span className="quiet">nothing was said</span>}
        <Text fz="xs" c="dimmed" className="mono">
          {id.slice(0, 13)}
        </Text>
      </>
    ),
    by: ({ name }) => name,
  },
  { label: "Reaches", cell: ({ scopes, workspace }) => reach(scopes, workspace) },
  { label: "State", cell: (one) => <State of={one} /> },
  { label: "Made", cell: ({ made }) => <Time at={made} />, by: ({ made }) => made },
  { label: "Used", cell: ({ used }) => <Time at={used} />, by: ({ used }) => used },
  { label: "Runs out", cell: ({ expires }) => <Time at={expires} />, by: ({ expires }) => expires },
];

const reach = (scopes: string[], workspace: string | null | undefined) =>
  `${scopes.join(", ")}${workspace ? ` in ${workspace}` : ""}`;

const isOver = ({ revoked, expires }: Entry) =>
  Boolean(revoked) || Date.parse(expires) < Date.now();

function State({ of }: { of: Entry }) {
  if (of.revoked) return <Verdict tone="none">ended</Verdict>;
  return isOver(of) ? <Verdict tone="none">ran out</Verdict> : <Verdict tone="good">good</Verdict>;
}

/** The column whose buttons end tokens. */
const ending = (onEnd: (id: string) => void, pending: boolean): Column<Entry> => ({
  label: "End",
  cell: (one) =>
    !isOver(one) && (
      <Button
        size="compact-xs"
        variant="default"
        disabled={pending}
        aria-label={`End now: ${one.name || one.id}`}
        onClick={() => onEnd(one.id)}
      >
        End now
      </Button>
    ),
});
