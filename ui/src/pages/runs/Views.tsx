import { ActionIcon, Button, Group, Modal, Popover, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Bookmark, Trash2 } from "lucide-react";
import { useState } from "react";
import { type Schemas, useAsk, useDo } from "../../api/client";
import { Empty, Trouble } from "../../components/Page";

/** What a saved view says of the list. */
export interface View {
  where: string;
  order: string;
  fields: string[];
}

interface ViewsProps {
  now: View;
  onView: (view: View) => void;
  /** Whoever looks may save views and take them away. */
  may: boolean;
}

/** The saved views of this store: to be shown, saved under a name, and taken away. */
export function Views({ now, onView, may }: ViewsProps) {
  const [listed, list] = useDisclosure();
  const [saving, { open, close }] = useDisclosure();
  const nothing = !now.where && !now.order && !now.fields.length;
  return (
    <>
      <Popover
        position="bottom-start"
        shadow="md"
        width={300}
        trapFocus
        opened={listed}
        onChange={list.set}
      >
        <Popover.Target>
          <Button variant="default" leftSection={<Bookmark size={13} />} onClick={list.toggle}>
            Views
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap={6}>
            <Saved
              may={may}
              onShow={(view) => {
                list.close();
                onView(view);
              }}
            />
            {may && (
              <Button
                variant="light"
                disabled={nothing}
                onClick={() => {
                  list.close();
                  open();
                }}
              >
                Save this view …
              </Button>
            )}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <Modal
        opened={saving}
        onClose={close}
        title="Save this view"
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <Naming now={now} onSaved={close} />
      </Modal>
    </>
  );
}

function Saved({ onShow, may }: { onShow: (view: View) => void; may: boolean }) {
  const { data } = useAsk("views", {});
  const save = useDo("view-save");
  if (data?.views.length === 0) return <Empty>No view is saved yet.</Empty>;
  return data?.views.map((view) => (
    <Group key={view.name} gap={4} wrap="nowrap" justify="space-between">
      <Stack gap={0}>
        <Button variant="subtle" justify="flex-start" onClick={() => onShow(shownBy(view))}>
          {view.name}
        </Button>
        <Text fz="xs" c="dimmed" className="wrap" px="sm">
          {[view.where, view.order, view.by && `by ${view.by}`].filter(Boolean).join(" · ")}
        </Text>
      </Stack>
      {may && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Take away ${view.name}`}
          onClick={() => save.mutate({ name: view.name, remove: true })}
        >
          <Trash2 size={13} />
        </ActionIcon>
      )}
    </Group>
  ));
}

const shownBy = ({ where, order, fields = [] }: Schemas["ViewEntry"]): View => ({
  where: where ?? "",
  order: order ?? "",
  fields,
});

function Naming({ now, onSaved }: { now: View; onSaved: () => void }) {
  const [name, setName] = useState("");
  const save = useDo("view-save");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // The box of the filter is around this in the page, and a form too.
        event.stopPropagation();
        const { where, order, fields } = now;
        save.mutate(
          { name, where: where || null, order: order || null, fields },
          { onSuccess: onSaved },
        );
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="Everybody who uses this store finds it by this name."
          required
          data-autofocus
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        {save.error && <Trouble problem={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
