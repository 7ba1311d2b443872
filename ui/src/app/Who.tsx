import { Button, Menu, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleUser } from "lucide-react";
import { endSession, type Schemas } from "../api/client";

/** Return what ends the session of whoever is signed in. */
export function useSignOut(): () => void {
  const queries = useQueryClient();
  return () => void endSession().then(() => queries.resetQueries());
}

/** Who looks, and the way to their account and out. */
export function Who({ who: { name, signed_in } }: { who: Schemas["WhoamiResponse"] }) {
  const leave = useSignOut();
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" color="gray" px={8} aria-label={`Account of ${name}`}>
          <CircleUser size={15} />
          <Text span fz="inherit" truncate maw={130} ml={6} visibleFrom="sm">
            {name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} to="/account">
          {signed_in ? "Account and tokens" : "Who am I?"}
        </Menu.Item>
        {signed_in && <Menu.Item onClick={leave}>Sign out</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
