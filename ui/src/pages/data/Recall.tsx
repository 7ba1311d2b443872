import { Alert, Button, Group, Modal, Select, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { type Schemas, useAsk, useDo } from "../../api/client";
import { useMay } from "../../app/may";
import { Time, type Tone, Verdict } from "../../components/marks";
import { Trouble } from "../../components/Page";
import { Table } from "../../components/Table";

type Severity = Schemas["RecallStanding"]["severity"];

const SEVERITIES: Severity[] = ["low", "medium", "high", "critical"];
const TONES: Record<Schemas["Affected"]["verdict"], Tone> = {
  quarantine: "bad",
  retrain: "warn",
  disclose: "warn",
  none: "good",
};

/** Says which recalls reach a thing; says nothing where none does. */
export function Recalled({ target }: { target: string }) {
  const { data } = useAsk("recalled", { target: { ref: target } });
  if (!data || data.recalls.length === 0) return null;
  return (
    <Alert color="red" variant="light" title={data.verdict} role="alert">
      {data.recalls.map(({ id, title, severity, reason, at }) => (
        <Text key={id} fz="sm">
          {title}, severity {severity}: “{reason}” <Time at={at} />
        </Text>
      ))}
    </Alert>
  );
}

interface RecallProps {
  target: string;
  /** Its columns, of which one may be bad alone. */
  columns: string[];
}

/** Recalls a version, after a reason was given, and shows what that reaches. */
export function RecallButton({ target, columns }: RecallProps) {
  const [open, { open: begin, close }] = useDisclosure();
  const recall = useDo("recall");
  if (!useMay("write")) return null;
  return (
    <>
      <Button variant="light" color="red" onClick={begin}>
        Recall …
      </Button>
      <Modal
        opened={open}
        onClose={() => {
          close();
          recall.reset();
        }}
        title={`Recall ${target.replace(/^data:/, "")}`}
        size={recall.data ? "xl" : "md"}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        {recall.data ? (
          <Reached of={recall.data} />
        ) : (
          <Ask target={target} columns={columns} recall={recall} />
        )}
      </Modal>
    </>
  );
}

interface AskProps extends RecallProps {
  recall: ReturnType<typeof useDo<"recall">>;
}

function Ask({ target, columns, recall }: AskProps) {
  const [reason, setReason] = useState("");
  const [severity, setSeverity] = useState<Severity>("high");
  const [column, setColumn] = useState<string | null>(null);
  const reach = useAsk("impact", { target: { ref: target } });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        recall.mutate({ target: { ref: target }, reason, severity, column });
      }}
    >
      <Stack gap="sm">
        <Text>
          {reach.data?.verdict ?? "…"} From then on nothing that it reaches is promoted, until
          something was done about it.
        </Text>
        <Textarea
          label="Why"
          required
          autosize
          minRows={2}
          data-autofocus
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <Select
          label="How bad it is"
          data={SEVERITIES}
          value={severity}
          allowDeselect={false}
          onChange={(value) => value && setSeverity(value as Severity)}
        />
        {columns.length > 0 && (
          <Select
            label="What of it"
            placeholder="all of it"
            clearable
            searchable
            data={columns}
            value={column}
            onChange={setColumn}
          />
        )}
        {recall.error && <Trouble problem={recall.error} />}
        <Group justify="flex-end">
          <Button type="submit" color="red.9" disabled={!reason.trim()} loading={recall.isPending}>
            Recall
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Reached({ of }: { of: Schemas["RecallView"] }) {
  return (
    <Stack gap="sm" role="status">
      <Text fw={500}>{of.verdict}</Text>
      {of.affected.length > 0 && (
        <Table
          label="What it reaches"
          rows={of.affected}
          rowKey={({ id }) => id}
          columns={[
            { label: "What", cell: ({ title }) => <b>{title}</b> },
            { label: "Kind", cell: ({ kind, live }) => (live ? `${kind}, running` : kind) },
            {
              label: "To be done",
              cell: ({ verdict }) => <Verdict tone={TONES[verdict]}>{verdict}</Verdict>,
            },
            { label: "Why", cell: ({ reason }) => <span className="wrap">{reason}</span> },
          ]}
        />
      )}
    </Stack>
  );
}
