import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";

interface FormWindowProps {
  title: string;
  opened: boolean;
  onClose: () => void;
  onSubmit: () => void;
  /** On the button that sends it. */
  label: string;
  pending?: boolean;
  /** It was sent, and nothing is left to be done. */
  done?: boolean;
  /** It cannot be sent as it is. */
  unready?: boolean;
  size?: string;
  children: ReactNode;
}

/** A form in a window over the page. */
export function FormWindow(props: FormWindowProps) {
  const { title, opened, onClose, onSubmit, label, pending, done, unready, size, children } = props;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={size ?? "lg"}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          // A form of the page may be around it in the tree of components.
          event.stopPropagation();
          onSubmit();
        }}
      >
        <Stack gap="sm">
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {done ? "Close" : "Cancel"}
            </Button>
            {!done && (
              <Button type="submit" loading={pending ?? false} disabled={unready ?? false}>
                {label}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
