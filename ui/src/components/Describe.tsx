import { Alert, Button, SimpleGrid, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, type Problem, type Schemas } from "../api/client";
import { useMay } from "../app/may";
import { FormWindow } from "./FormWindow";
import { type Field, ownOf, type Said, type Wish, wishes } from "./saying";
import { Worded } from "./Worded";

interface DescribeProps {
  /** What is described: `data:adult`, `model:churn`. */
  target: string;
  title: string;
  card: Schemas["Card"];
}

/** Opens the form in which a thing is described, for those who may. */
export function DescribeButton(props: DescribeProps) {
  const [open, { open: show, close }] = useDisclosure();
  if (!useMay("write")) return null;
  return (
    <>
      <Button variant="default" onClick={show}>
        Describe …
      </Button>
      {open && <Describe {...props} onClose={close} />}
    </>
  );
}

type Wrong = Partial<Record<Field, Problem>>;

/** A form of all that is said of a thing; each field is said by an operation of its own. */
function Describe({ target, title, card, onClose }: DescribeProps & { onClose: () => void }) {
  const [before, setBefore] = useState(() => ownOf(card));
  const [said, setSaid] = useState<Said>(before);
  const [wrong, setWrong] = useState<Wrong>({});
  const [pending, setPending] = useState(false);
  const queries = useQueryClient();
  const say = (change: Partial<Said>) => setSaid((now) => ({ ...now, ...change }));
  const wish = wishes(target, before, said);
  const send = async () => {
    setPending(true);
    const found = await sent(wish);
    // What was said is so now, also where another field was refused.
    setBefore(ownAfter(before, said, found));
    setWrong(found);
    setPending(false);
    void queries.invalidateQueries();
    if (Object.keys(found).length === 0) onClose();
  };
  const error = (field: Field) => {
    const problem = wrong[field];
    return problem && <Worded>{[problem.message, problem.hint].filter(Boolean).join(" ")}</Worded>;
  };
  return (
    <FormWindow
      opened
      size="lg"
      title={`Describe ${title}`}
      label="Save"
      onClose={onClose}
      onSubmit={() => void send()}
      pending={pending}
    >
      <Textarea
        label="Description"
        description="What it is, for who has not met it yet."
        autosize
        minRows={3}
        maxRows={12}
        data-autofocus
        value={said.description}
        error={error("description")}
        onChange={({ currentTarget }) => say({ description: currentTarget.value })}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="Owner"
          description="A person or a team."
          value={said.owner}
          error={error("owner")}
          onChange={({ currentTarget }) => say({ owner: currentTarget.value })}
        />
        <TextInput
          label="Licence"
          description="Of SPDX, such as CC-BY-4.0, or of Hugging Face."
          value={said.licence}
          error={error("licence")}
          onChange={({ currentTarget }) => say({ licence: currentTarget.value })}
        />
      </SimpleGrid>
      <TagsInput
        label="Tags"
        description="They hold for what is made of it too. Enter adds one."
        size="xs"
        acceptValueOnBlur
        value={said.tags}
        error={error("tags")}
        onChange={(tags) => say({ tags })}
      />
      {Object.keys(wrong).length > 0 && (
        <Alert color="orange" variant="light" role="alert" title="Not all of it was saved">
          What is marked above was refused; the rest is saved.
        </Alert>
      )}
    </FormWindow>
  );
}

/** Say what is wished, one after the other; return what was refused, by its field. */
async function sent(wish: Wish[]): Promise<Wrong> {
  const wrong: Wrong = {};
  for (const one of wish) {
    if (wrong[one.field]) continue;
    try {
      await ask(one.operation, one.request as never);
    } catch (problem) {
      wrong[one.field] = problem as Problem;
    }
  }
  return wrong;
}

function ownAfter(before: Said, said: Said, wrong: Wrong): Said {
  const kept = Object.entries(before).filter(([field]) => wrong[field as Field]);
  return { ...said, ...Object.fromEntries(kept) };
}
