import {
  ActionIcon,
  AppShell,
  Box,
  Burger,
  Group,
  NavLink,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Moon, Sun } from "lucide-react";
import { lazy, Suspense, useEffect } from "react";
import { Loading } from "../components/Page";
import { areas } from "./area";
import { Gone, usePresence } from "./presence";
import { SearchBox } from "./SearchBox";
import { SignIn, SignInAgain } from "./SignIn";
import { Who } from "./Who";

const Palette = lazy(() => import("./Palette"));

/** What is around every page: the navigation, the search box, and the choice of light or dark. */
export function Shell() {
  const [open, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const { who, gone } = usePresence();
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever went elsewhere is done here
  useEffect(close, [pathname]);
  const unknown = who.error?.status === 401;
  if (unknown && who.data === undefined) return <SignIn />;
  return (
    <AppShell
      header={{ height: 44 }}
      navbar={{ width: 184, breakpoint: "sm", collapsed: { mobile: !open } }}
      padding="md"
    >
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="md" wrap="nowrap">
          <Burger
            opened={open}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label="Navigation"
          />
          <Text component={Link} to="/" fw={700} fz="md" c="inherit" td="none">
            forebear
          </Text>
          <Box flex={1} maw={560} mx="auto">
            <SearchBox />
          </Box>
          {who.data && <Who who={who.data} />}
          <LightOrDark />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p={6}>
        <Navigation at={pathname} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        {gone && <Gone />}
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      <Suspense>
        <Palette />
      </Suspense>
      {unknown && <SignInAgain />}
    </AppShell>
  );
}

function Navigation({ at }: { at: string }) {
  const listed = areas.flatMap((area) => area.nav ?? []).sort((a, b) => a.order - b.order);
  return (
    <nav aria-label="Areas">
      {listed.map(({ label, to, icon: Icon }) => {
        const here = to === "/" ? at === "/" : at === to || at.startsWith(`${to}/`);
        return (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            active={here}
            aria-current={here ? "page" : undefined}
            leftSection={<Icon size={15} />}
            py={5}
          />
        );
      })}
    </nav>
  );
}

function LightOrDark() {
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme("light");
  const other = now === "light" ? "dark" : "light";
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={`Switch to ${other}`}
      onClick={() => setColorScheme(other)}
    >
      {now === "light" ? <Moon size={16} /> : <Sun size={16} />}
    </ActionIcon>
  );
}
