import { Text } from "@mantine/core";
import { type Schemas, useAsk } from "../../api/client";
import { to } from "../../app/address";
import { Go } from "../../components/Go";
import { Time, Verdict } from "../../components/marks";
import { Answered, Section } from "../../components/Page";
import { figure } from "../../components/said";
import { Table } from "../../components/Table";

type Deployment = Schemas["Deployment"];

interface DeploymentsProps {
  name: string;
  version?: number;
}

/** Where a model, or one version of it, is and was in use. */
export function Deployments({ name, version }: DeploymentsProps) {
  const query = useAsk("deployments", { ended: true });
  const mine = (one: Deployment) =>
    one.name === name && (version === undefined || one.version === version);
  return (
    <Section title="Deployments">
      <Answered
        query={query}
        empty={({ deployments }) => !deployments.some(mine) && "It was never put to use."}
      >
        {({ deployments }) => (
          <Table
            label="Deployments"
            rows={deployments.filter(mine).reverse()}
            rowKey={({ id }) => id}
            columns={[
              { label: "Where", cell: ({ env, endpoint }) => <Where env={env} at={endpoint} /> },
              {
                label: "Version",
                cell: ({ version: of, title }) =>
                  of ? <Go at={{ to: to.version(name, of) }}>{title}</Go> : title,
              },
              { label: "Share", cell: ({ share }) => `${figure(share * 100)} %`, number: true },
              {
                label: "State",
                cell: ({ status, until }) => (
                  <Verdict tone={until ? "none" : status === "lost" ? "bad" : "good"}>
                    {until ? "ended" : status === "running" ? "live" : status}
                  </Verdict>
                ),
              },
              { label: "Since", cell: ({ since }) => <Time at={since} /> },
              { label: "Calls", cell: ({ usage }) => figure(usage?.calls), number: true },
              { label: "By", cell: ({ by }) => by ?? "" },
            ]}
          />
        )}
      </Answered>
    </Section>
  );
}

function Where({ env, at }: { env: string | null; at?: string | null }) {
  return (
    <>
      {env ?? "somewhere"}
      {at && (
        <Text fz="xs" c="dimmed" truncate maw={180} title={at}>
          {at}
        </Text>
      )}
    </>
  );
}

/** Who uses a thing. */
export function Consumers({ target }: { target: string }) {
  const query = useAsk("consumers", { target: { ref: target } });
  return (
    <Section title="Consumers" note={query.data?.verdict}>
      <Answered
        query={query}
        empty={({ consumers }) => consumers.length === 0 && "No consumer is recorded."}
      >
        {({ consumers }) => (
          <Table
            label="Consumers"
            rows={consumers}
            rowKey={({ who, how, title }, index) => `${who} ${how} ${title} ${index}`}
            columns={[
              { label: "Who", cell: ({ who }) => who, by: ({ who }) => who },
              { label: "How", cell: ({ how }) => how, by: ({ how }) => how },
              { label: "Version", cell: ({ title }) => title, by: ({ title }) => title },
              { label: "Times", cell: ({ times }) => figure(times), number: true },
              { label: "Last", cell: ({ last }) => <Time at={last} />, by: ({ last }) => last },
            ]}
          />
        )}
      </Answered>
    </Section>
  );
}
