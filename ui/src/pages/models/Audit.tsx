import { Button, Group, List, Progress, Stack, Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { to, useParam } from "../../app/address";
import { Answered, Page, Section } from "../../components/Page";
import { figure, moment } from "../../components/said";
import { Table } from "../../components/Table";
import { Pairs } from "./Facts";
import { State } from "./marks";
import { Command } from "./Outcomes";

/** How a version stands to the rules and to good practice; made to be printed. */
export default function Audit() {
  const [name, version] = [useParam("name"), Number(useParam("version"))];
  const target = { ref: `model:${name}:${version}` };
  const query = useAsk("audit", { target, evidence: true });
  const audited = query.data?.models[0];
  return (
    <Page
      title={`Audit of ${name}:${version}`}
      crumbs={[
        { label: "Models", to: "/models" },
        { label: name, to: to.model(name) },
        { label: `${name}:${version}`, to: to.version(name, version) },
      ]}
      verdict={audited?.verdict}
      actions={<Button onClick={() => window.print()}>Print</Button>}
    >
      <Answered query={query}>
        {({ models, at, seq, source, events = [] }) => (
          <Stack gap="lg">
            {models.map((one) => (
              <Judged key={one.version} one={one} />
            ))}
            <Evidence events={events} />
            <Text c="dimmed" fz="xs">
              As of {moment(at)}, up to event {seq}.{" "}
              {source ? `By the rules of ${source}.` : "By the default rules."}
            </Text>
          </Stack>
        )}
      </Answered>
    </Page>
  );
}

function Judged({ one }: { one: Schemas["ModelAudit"] }) {
  const { score, met, asked, findings, actions, about = [] } = one;
  return (
    <>
      <Group gap="md">
        <Text fz={28} fw={600}>
          {figure(score)}
        </Text>
        <div>
          <Progress value={score} w={220} aria-label={`${score} of 100 points`} />
          <Text fz="xs" c="dimmed">
            {figure(met)} of {figure(asked)} points, as a share of 100
          </Text>
        </div>
      </Group>
      <Section title="What it is">
        <Pairs of={about.map(({ label, value }) => [label, value])} />
      </Section>
      <Section title="Findings">
        <Table
          label="Findings"
          rows={findings}
          rowKey={({ requirement }) => requirement}
          columns={[
            { label: "Requirement", cell: (row) => <Requirement finding={row} /> },
            {
              label: "State",
              cell: ({ state }) => <State state={state} />,
              by: ({ state }) => state,
            },
            {
              label: "Points",
              cell: ({ weight }) => weight,
              by: ({ weight }) => weight,
              number: true,
            },
            { label: "What was found", cell: ({ words }) => <span className="wrap">{words}</span> },
            {
              label: "Evidence",
              cell: ({ evidence = [] }) => [...new Set(evidence.map(said))].join(", "),
            },
          ]}
        />
      </Section>
      {actions && actions.length > 0 && (
        <Section title={`The least to do for ${figure(one.after)} points`}>
          <List type="ordered" fz="sm">
            {actions.map((action) => (
              <List.Item key={action.command}>
                <Command action={action} />
              </List.Item>
            ))}
          </List>
        </Section>
      )}
    </>
  );
}

function Requirement({ finding: { short, why } }: { finding: Schemas["AuditFinding"] }) {
  return (
    <>
      {short}
      <Text fz="xs" c="dimmed">
        {why}
      </Text>
    </>
  );
}

const said = ({ seq, words }: Schemas["Evidence"]) => (seq ? `event ${seq}` : words);

function Evidence({ events }: { events: Schemas["EventRef"][] }) {
  if (events.length === 0) return null;
  return (
    <Section title="Evidence" note="as it lies in the ledger; `forebear event N` shows the whole">
      <Table
        label="Evidence"
        rows={events}
        rowKey={({ seq }) => String(seq)}
        columns={[
          { label: "Event", cell: ({ seq }) => seq, number: true },
          { label: "When", cell: ({ at }) => moment(at) },
          { label: "What it says", cell: ({ words }) => words },
          { label: "Id", cell: ({ id }) => <span className="mono">{id}</span> },
        ]}
      />
    </Section>
  );
}
