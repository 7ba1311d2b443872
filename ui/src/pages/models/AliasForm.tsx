import { Alert, Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { type Problem, useAsk, useDo } from "../../api/client";
import { FormWindow } from "../../components/FormWindow";
import { Reason } from "../../components/marks";
import { Trouble } from "../../components/Page";
import { Worded } from "../../components/Worded";

/** What somebody wants to do with an alias. */
export interface AliasWish {
  /** Empty for one that is still to be named. */
  alias: string;
  /** The version that it pointed to when the form was opened. */
  now?: number;
  /** It is to be taken away. */
  take: boolean;
}

interface AliasFormProps {
  name: string;
  aliases: Record<string, number>;
  versions: number[];
  wish: AliasWish;
  onClose: () => void;
}

/** Sets, moves or takes away an alias, if it still points to where it did; its history is beside it. */
export function AliasForm({ name, aliases, versions, wish, onClose }: AliasFormProps) {
  const [alias, setAlias] = useState(wish.alias);
  const [version, setVersion] = useState(String(versions.find((one) => one !== wish.now) ?? ""));
  const [why, setWhy] = useState("");
  const deed = useDo("alias");
  const word = alias.trim();
  const now = useAsk("history", word ? { name, kind: "model", alias: word, limit: 1 } : null).data
    ?.moves[0]?.version;
  // Who has been told that it was moved meanwhile decides about what it points to now.
  const seen = deed.isError ? now : wish.alias ? wish.now : aliases[word];
  const send = () =>
    deed.mutate(
      {
        name,
        kind: "model",
        alias: word,
        version: wish.take ? null : Number(version),
        why,
        expect: seen ?? 0,
      },
      { onSuccess: onClose },
    );
  const problem = deed.error ?? undefined;
  return (
    <FormWindow
      opened
      size="xl"
      title={titleOf(wish, name)}
      label={wish.take ? "Take away" : "Set"}
      onClose={onClose}
      onSubmit={send}
      pending={deed.isPending}
      unready={!word || !(wish.take || version)}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Stack gap="sm">
          <TextInput
            label="Alias"
            description="A word, such as champion or shadow."
            required
            data-autofocus={!wish.alias || undefined}
            disabled={wish.alias !== ""}
            value={alias}
            error={problem && !isMoved(problem) && <Worded>{spoken(problem)}</Worded>}
            onChange={({ currentTarget }) => setAlias(currentTarget.value)}
          />
          {!wish.take && (
            <Select
              label="Points to"
              required
              searchable
              allowDeselect={false}
              data={versions.map((one) => ({ value: String(one), label: `version ${one}` }))}
              value={version || null}
              onChange={(value) => setVersion(value ?? "")}
            />
          )}
          <Text fz="sm" c="dimmed" role="status">
            {pointing(word, seen)}
          </Text>
          <Textarea
            label="Why"
            description="Kept with the move for good."
            required
            autosize
            minRows={2}
            value={why}
            onChange={({ currentTarget }) => setWhy(currentTarget.value)}
          />
          {problem && isMoved(problem) && <MovedMeanwhile problem={problem} />}
        </Stack>
        <History name={name} alias={word} />
      </SimpleGrid>
    </FormWindow>
  );
}

const isMoved = ({ status }: Problem) => status === 409;
const spoken = ({ message, hint }: Problem) => [message, hint].filter(Boolean).join(" ");

function titleOf({ alias, take }: AliasWish, name: string): string {
  if (!alias) return `Set an alias of ${name}`;
  return take ? `Take ${name}@${alias} away` : `Move ${name}@${alias}`;
}

function pointing(alias: string, now: number | null | undefined): string {
  if (!alias) return "It is moved only if it still points to where it does now.";
  return now
    ? `It points to version ${now} now, and is moved only if it still does then.`
    : "It points nowhere now, and is set only if that is still so then.";
}

function MovedMeanwhile({ problem }: { problem: Problem }) {
  return (
    <Alert color="orange" variant="light" role="alert" title="Somebody has moved it meanwhile">
      {problem.message} Its history says why; send this again if it shall be moved all the same.
    </Alert>
  );
}

/** Where an alias has pointed, the last move first. */
function History({ name, alias }: { name: string; alias: string }) {
  const [asked] = useDebouncedValue(alias, 200);
  const query = useAsk("history", asked ? { name, kind: "model", alias: asked, limit: 20 } : null);
  return (
    <section aria-label="History">
      <Text fw={600} fz="sm" mb={4}>
        History{asked && ` of ${asked}`}
      </Text>
      {query.error && <Trouble problem={query.error} />}
      {!asked && <Text c="dimmed">It is told here once an alias is named.</Text>}
      {query.data?.moves.length === 0 && <Text c="dimmed">Nobody has used that alias yet.</Text>}
      <Stack gap={6} component="ol" m={0} p={0} style={{ listStyle: "none" }}>
        {query.data?.moves.map(({ seq, version, by, at, why }) => (
          <li key={seq}>
            <b>{version ? `→ ${version}` : "taken away"}</b> <Reason who={by} at={at} why={why} />
          </li>
        ))}
      </Stack>
      {query.data?.next && <Text c="dimmed">and earlier moves</Text>}
    </section>
  );
}
