import {
  Alert,
  Anchor,
  Button,
  CloseButton,
  Group,
  Stack,
  Text,
  Textarea,
  Title,
} from "@mantine/core";
import { Link as RouterLink } from "@tanstack/react-router";
import { memo, type ReactNode, useState } from "react";
import { useAsk, useDo } from "../../api/client";
import { to } from "../../app/address";
import { Digest, Evidence, Time, type Tone, Verdict } from "../../components/marks";
import { Trouble } from "../../components/Page";
import { figure } from "../../components/said";
import type { ColumnsOpen } from "./columns";
import type { Shown } from "./graph";
import type { Act, Link, Near, View } from "./view";
import { linkWords, refOf, sentence } from "./words";

interface SideProps {
  view: View;
  act: (act: Act) => void;
  shown: Shown;
  columns: ColumnsOpen;
}

/** What is known of the thing that is chosen, and what can be done with it. */
export const Side = memo(({ view, act, shown, columns }: SideProps) => {
  const node = shown.nodes.find(({ id }) => id === view.at);
  if (node === undefined) return <aside className="side">This is not shown here any more.</aside>;
  return (
    <aside className="side" aria-label={`About ${node.title}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2} className="wrap">
              {node.title}
            </Title>
            <Text fz="xs" c="dimmed">
              {node.sort === node.kind ? node.sort : `${node.sort} (${node.kind})`}
            </Text>
          </div>
          <CloseButton size="sm" aria-label="Close" onClick={() => act({ do: "choose", id: "" })} />
        </Group>
        <Deeds node={node} view={view} act={act} />
        <Judged node={node} />
        {columns.followed !== undefined && <Followed columns={columns} shown={shown} />}
        <Facts node={node} asof={view.asof} />
        <Ties node={node} shown={shown} act={act} />
      </Stack>
    </aside>
  );
});

function Deeds({ node, view, act }: { node: Near; view: View; act: (act: Act) => void }) {
  const deed = (label: string, one: Act) => (
    <Button key={label} size="compact-xs" variant="default" onClick={() => act(one)}>
      {label}
    </Button>
  );
  const run = node.sort === "run" || node.sort === "step";
  return (
    <Group gap={4}>
      {deed("Start here", { do: "go", target: refOf(node) })}
      {deed("Impact", { do: "impact", target: refOf(node) })}
      {deed("Path from start", { do: "path", toward: refOf(node) })}
      {node.sort === "data" &&
        deed(view.columns.includes(node.id) ? "Close columns" : "Columns", {
          do: "columns",
          id: node.id,
        })}
      {run &&
        deed(node.run || view.inside.includes(node.id) ? "As one run" : "Step by step", {
          do: "enter",
          run: node.run ?? node.id,
        })}
      {node.sort === "model" && deed("Compare with start", { do: "compare", other: refOf(node) })}
      {node.sort === "data" && <RecallForm node={node} />}
    </Group>
  );
}

const TONES: Record<string, Tone> = { good: "good", warn: "warn", bad: "bad" };

function Judged({ node }: { node: Near }) {
  return (node.badges ?? []).map(({ about, status, words }) => (
    <Group key={about} gap={6} wrap="nowrap" align="flex-start">
      <span className="side-verdict">
        <Verdict tone={TONES[status] ?? "none"}>{about}</Verdict>
      </span>
      <Text fz="xs" className="wrap">
        {words}
      </Text>
    </Group>
  ));
}

function Followed({ columns, shown }: { columns: ColumnsOpen; shown: Shown }) {
  if (columns.followed === undefined) return null;
  const { of, column } = columns.followed;
  const title = (id: string | undefined) => shown.nodes.find((one) => one.id === id)?.title;
  return (
    <Alert variant="light" p={8} title={`${column.name} of ${title(of) ?? "data"}`}>
      <Text fz="xs" className="wrap">
        {column.part
          ? `Reaches ${title(columns.model) ?? "the model"} as ${column.part}. `
          : "Does not reach the model, as far as was seen. "}
        {sentence(column.fate ?? "")}
      </Text>
    </Alert>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group gap={6} wrap="nowrap" align="baseline" justify="space-between">
      <Text fz="xs" c="dimmed">
        {name}
      </Text>
      <Text fz="xs" ta="right" className="wrap" component="div">
        {children}
      </Text>
    </Group>
  );
}

function Facts({ node, asof }: { node: Near; asof: string }) {
  const { data, error } = useAsk("show", { target: { ref: refOf(node) }, as_of: asof || null });
  const metrics = data?.thing === "artifact" || data?.thing === "run" ? data.metrics : [];
  const params = data?.thing === "run" ? Object.entries(data.run.params) : [];
  return (
    <Stack gap={3}>
      {node.version !== null && node.version !== undefined && (
        <Fact name="version">
          <Anchor
            component={RouterLink}
            to={
              node.sort === "model"
                ? to.version(node.name ?? "", node.version)
                : to.dataVersion(node.name ?? "", node.version)
            }
          >
            {node.name}:{node.version}
          </Anchor>
        </Fact>
      )}
      {(node.aliases ?? []).length > 0 && <Fact name="aliases">{node.aliases?.join(", ")}</Fact>}
      {node.rows ? (
        <Fact name="table">
          {node.rows.toLocaleString("en")} rows{node.columns ? `, ${node.columns} columns` : ""}
        </Fact>
      ) : null}
      {node.status && <Fact name="status">{node.status}</Fact>}
      {node.started && (
        <Fact name="started">
          <Time at={node.started} />
        </Fact>
      )}
      {node.sort === "run" && (
        <Fact name="run">
          <Anchor component={RouterLink} to={to.run(node.id)}>
            {node.steps ? `${node.steps} steps` : "open"}
          </Anchor>
        </Fact>
      )}
      {data?.thing === "artifact" && data.locations[0] && (
        <Fact name="seen at">{data.locations[0].uri}</Fact>
      )}
      {node.digest && (
        <Fact name="digest">
          <Digest of={node.digest} />
        </Fact>
      )}
      {params.slice(0, 8).map(([name, value]) => (
        <Fact key={name} name={name}>
          {String(value)}
        </Fact>
      ))}
      {metrics.slice(0, 6).map((one) => (
        <Fact key={`${one.key} ${one.split} ${one.run}`} name={`${one.key} ${one.split ?? ""}`}>
          {typeof one.value === "number" ? figure(one.value) : one.value}
        </Fact>
      ))}
      {error && <Trouble problem={error} />}
    </Stack>
  );
}

/** Links that are told beside the map. */
const MOST = 20;

function Ties({ node, shown, act }: { node: Near; shown: Shown; act: (act: Act) => void }) {
  const above = shown.links.filter((link) => link.to === node.id);
  const below = shown.links.filter((link) => link.from === node.id);
  const row = (link: Link, id: string) => {
    const other = shown.nodes.find((one) => one.id === id);
    return (
      <Group key={`${link.from} ${link.to}`} gap={6} wrap="nowrap" justify="space-between">
        <Anchor
          component="button"
          type="button"
          fz="xs"
          ta="left"
          className="wrap"
          onClick={() => act({ do: "choose", id })}
        >
          {other?.title ?? id}
        </Anchor>
        <Group gap={4} wrap="nowrap">
          <Text fz="xs" c="dimmed">
            {linkWords(link)}
          </Text>
          <Evidence grade={link.evidence} />
        </Group>
      </Group>
    );
  };
  return (
    <>
      {above.length > 0 && <Title order={3}>From</Title>}
      {above.slice(0, MOST).map((link) => row(link, link.from))}
      {below.length > 0 && <Title order={3}>To</Title>}
      {below.slice(0, MOST).map((link) => row(link, link.to))}
      {Math.max(above.length, below.length) > MOST && (
        <Text fz="xs" c="dimmed">
          The list has all of them.
        </Text>
      )}
    </>
  );
}

function RecallForm({ node }: { node: Near }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const recall = useDo("recall");
  if (recall.data !== undefined) {
    return (
      <Alert variant="light" color="orange" p={8} role="status">
        {recall.data.verdict}
      </Alert>
    );
  }
  if (!open) {
    return (
      <Button size="compact-xs" variant="default" c="red" onClick={() => setOpen(true)}>
        Recall …
      </Button>
    );
  }
  return (
    <Stack gap={6} w="100%">
      <Textarea
        label="Why is it recalled?"
        autosize
        minRows={2}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {recall.error && <Trouble problem={recall.error} />}
      <Group gap={6}>
        <Button
          color="red"
          size="compact-xs"
          disabled={reason.trim() === ""}
          loading={recall.isPending}
          onClick={() => recall.mutate({ target: { ref: refOf(node) }, reason: reason.trim() })}
        >
          Recall {node.title}
        </Button>
        <Button size="compact-xs" variant="subtle" onClick={() => setOpen(false)}>
          Cancel
        </Button>
      </Group>
    </Stack>
  );
}
