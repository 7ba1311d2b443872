import { Button, Group } from "@mantine/core";

interface MoreProps {
  /** A list that comes page by page. */
  query: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  };
  /** What there is more of. */
  label?: string;
}

/** Asks for the next page of a list; nothing where there is none. */
export function More({ query, label = "Show more" }: MoreProps) {
  if (!query.hasNextPage) return null;
  return (
    <Group>
      <Button
        variant="default"
        loading={query.isFetchingNextPage}
        onClick={() => void query.fetchNextPage()}
      >
        {label}
      </Button>
    </Group>
  );
}
