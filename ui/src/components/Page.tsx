import { Alert, Anchor, Breadcrumbs, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import type { Problem } from "../api/client";
import { Worded } from "./Worded";

export interface Crumb {
  label: string;
  to: string;
}

interface PageProps {
  /** The heading, and with it the title of the window. */
  title: string;
  /** A sentence below the heading: the verdict in words. */
  verdict?: ReactNode;
  crumbs?: Crumb[];
  /** What is beside the heading: marks of the thing. */
  marks?: ReactNode;
  /** What can be done here. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of every page: where it is, what it says in words, what can be done, then the rest. */
export function Page({ title, verdict, crumbs = [], marks, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · forebear`;
  }, [title]);
  return (
    <Stack gap="md" maw={1400}>
      <Stack gap={4}>
        {crumbs.length > 0 && (
          <Breadcrumbs separatorMargin={6} fz="xs">
            {crumbs.map(({ label, to }) => (
              <Anchor key={to} component={Link} to={to}>
                {label}
              </Anchor>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="center" gap="xs">
          <Group gap="xs">
            <Title order={1} className="wrap">
              {title}
            </Title>
            {marks}
          </Group>
          {actions !== undefined && (
            <Group gap="xs" className="no-print">
              {actions}
            </Group>
          )}
        </Group>
        {verdict !== undefined && <Text className="wrap">{verdict}</Text>}
      </Stack>
      {children}
    </Stack>
  );
}

/** A part of a page, under a heading. */
export function Section({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <Stack component="section" aria-label={title} gap={6}>
      <Group gap="xs" align="baseline">
        <Title order={2}>{title}</Title>
        {note !== undefined && (
          <Text c="dimmed" fz="xs">
            {note}
          </Text>
        )}
      </Group>
      {children}
    </Stack>
  );
}

/** An answer that is awaited, was given, or failed; one page or all pages of it. */
interface Query<T> {
  data: T | undefined;
  error: Problem | null;
  refetch: () => unknown;
}

interface AnsweredProps<T> {
  query: Query<T>;
  /** What is said instead where the answer has nothing in it. */
  empty?: (answer: T) => ReactNode | false;
  children: (answer: T) => ReactNode;
}

/** Shows an answer once it is there; until then that it is awaited, or what went wrong. */
export function Answered<T>({ query, empty, children }: AnsweredProps<T>) {
  const again = () => void query.refetch();
  if (query.data === undefined) {
    if (query.error === null) return <Loading />;
    // That the server is gone is said above the page, once.
    if (query.error.status === 0) return <Empty>Not known while the server does not answer.</Empty>;
    return <Trouble problem={query.error} again={again} />;
  }
  const instead = empty?.(query.data) || undefined;
  return (
    <>
      {query.error && <NotFresh problem={query.error} again={again} />}
      {instead === undefined ? children(query.data) : <Empty>{instead}</Empty>}
    </>
  );
}

interface TroubleProps {
  problem: Problem;
  again?: () => void;
}

/** Says that what is shown could not be asked for again. */
function NotFresh({ problem, again }: TroubleProps) {
  if (problem.status === 0) return null;
  return (
    <Text c="dimmed" fz="sm" role="status">
      This is as it was before: {problem.message} <Again again={again} />
    </Text>
  );
}

function Again({ again }: { again: (() => void) | undefined }) {
  if (again === undefined) return null;
  return (
    <Anchor component="button" type="button" underline="always" onClick={again}>
      Try again
    </Anchor>
  );
}

export function Loading() {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      <Skeleton h={14} w="40%" />
      <Skeleton h={14} w="75%" />
      <Skeleton h={14} w="60%" />
    </Stack>
  );
}

/** Says that there is nothing, and how something comes to be here. */
export function Empty({ children }: { children: ReactNode }) {
  return (
    <Text c="dimmed" py="sm">
      {typeof children === "string" ? <Worded>{children}</Worded> : children}
    </Text>
  );
}

/** Says what went wrong and what to do. */
export function Trouble({ problem, again }: TroubleProps) {
  return (
    <Alert color="red" variant="light" title={problem.message} role="alert">
      {problem.hint && <Worded>{problem.hint}</Worded>} <Again again={again} />
    </Alert>
  );
}

/** The page at an address where none is. */
export function Missing() {
  return (
    <Page title="There is no such page">
      <Empty>
        The address leads nowhere.{" "}
        <Anchor component={Link} to="/" underline="always">
          Start at the beginning
        </Anchor>
        , or search with <kbd>/</kbd>.
      </Empty>
    </Page>
  );
}

/** Stands in for a page that could not be loaded or drawn. */
export function Broken({ error }: { error: unknown }) {
  return (
    <Page title="This page cannot be shown">
      <Alert color="red" variant="light" role="alert" title={String(error)}>
        The server may be gone, or was updated since this window was opened.{" "}
        <Again again={() => window.location.reload()} />
      </Alert>
    </Page>
  );
}
