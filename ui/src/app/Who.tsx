import { Button, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { endSession } from "../api/client";

/** Who is signed in, and the way out. */
export function Who({ name }: { name: string }) {
  const queries = useQueryClient();
  const leave = () => void endSession().then(() => queries.resetQueries());
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" color="gray">
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={leave}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
