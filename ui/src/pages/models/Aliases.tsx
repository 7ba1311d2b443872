import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { type Schemas, useAsk } from "../../api/client";
import { to } from "../../app/address";
import { useMay } from "../../app/may";
import { Go } from "../../components/Go";
import { Time } from "../../components/marks";
import { Empty, Section } from "../../components/Page";
import { Table } from "../../components/Table";
import { AliasForm, type AliasWish } from "./AliasForm";

type Moved = Schemas["AliasRow"];

const MOVES = 500;

interface AliasesProps {
  name: string;
  /** Where each alias points. */
  aliases: Record<string, number>;
  /** Its versions, the newest first. */
  versions: number[];
}

/** Where the aliases of a model point, since when and why, and what moves them. */
export function Aliases({ name, aliases, versions }: AliasesProps) {
  const [wish, setWish] = useState<AliasWish>();
  const may = useMay("write");
  const { data } = useAsk("history", { name, kind: "model", limit: MOVES });
  const rules = useAsk("policy-show", {});
  const stages = rules.data?.stages.slice(1, -1) ?? [];
  const last = (alias: string) => data?.moves.find((move) => move.alias === alias);
  const rows = Object.entries(aliases);
  return (
    <Section title="Aliases" note="words that point to a version, and can be moved">
      {rows.length === 0 ? (
        <Empty>No alias points to a version of it.</Empty>
      ) : (
        <Table
          label="Aliases"
          rows={rows}
          rowKey={([alias]) => alias}
          columns={[
            { label: "Alias", cell: ([alias]) => <b>{alias}</b>, by: ([alias]) => alias },
            {
              label: "Points to",
              cell: ([, version]) => <Go at={{ to: to.version(name, version) }}>{version}</Go>,
              number: true,
            },
            { label: "Since", cell: ([alias]) => <Time at={last(alias)?.at} /> },
            { label: "By", cell: ([alias]) => last(alias)?.by ?? "" },
            { label: "Why", width: 160, cell: ([alias]) => <Why of={last(alias)} /> },
            ...(may
              ? [
                  {
                    label: "Move",
                    cell: ([alias, now]: [string, number]) =>
                      stages.includes(alias) ? (
                        <ByPolicy name={name} version={now} />
                      ) : (
                        <Deeds alias={alias} now={now} onWish={setWish} />
                      ),
                  },
                ]
              : []),
          ]}
        />
      )}
      {may && (
        <Group>
          <Button variant="default" onClick={() => setWish({ alias: "", take: false })}>
            Set an alias …
          </Button>
        </Group>
      )}
      {wish && (
        <AliasForm
          name={name}
          aliases={aliases}
          versions={versions}
          wish={wish}
          onClose={() => setWish(undefined)}
        />
      )}
    </Section>
  );
}

function Why({ of }: { of: Moved | undefined }) {
  return <span className="wrap">{of?.why ?? ""}</span>;
}

function ByPolicy({ name, version }: { name: string; version: number }) {
  return (
    <span className="quiet">
      a stage: <Go at={{ to: to.version(name, version), search: { part: "policy" } }}>by policy</Go>
    </span>
  );
}

interface DeedsProps {
  alias: string;
  now: number;
  onWish: (wish: AliasWish) => void;
}

function Deeds({ alias, now, onWish }: DeedsProps) {
  return (
    <Group gap={4} wrap="nowrap">
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Move ${alias}`}
        onClick={() => onWish({ alias, now, take: false })}
      >
        Move …
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        aria-label={`Take away ${alias}`}
        onClick={() => onWish({ alias, now, take: true })}
      >
        Take away …
      </Button>
    </Group>
  );
}
