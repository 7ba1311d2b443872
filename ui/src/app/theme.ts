import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const ink: MantineColorsTuple = [
  "#eef4fc",
  "#dbe6f5",
  "#b3caeb",
  "#88ade1",
  "#6594d9",
  "#4f84d4",
  "#3f78cb",
  "#2f65b3",
  "#2859a1",
  "#184c8e",
];

export const theme = createTheme({
  colors: { ink },
  primaryColor: "ink",
  primaryShade: 7,
  defaultRadius: "sm",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.125rem" },
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem" },
      h2: { fontSize: "1rem" },
      h3: { fontSize: "0.875rem" },
    },
  },
  components: {
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 8, fz: "sm" } },
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    // A mark is a word: it is never cut off.
    Badge: {
      styles: { root: { flexShrink: 0, width: "max-content" }, label: { overflow: "visible" } },
    },
    Anchor: { defaultProps: { inherit: true } },
  },
});

// Marks have coloured words on a tint of the same colour; these are dark enough to be read there.
const MARKS = {
  ink: "#184c8e",
  teal: "#06613f",
  red: "#a61e1e",
  orange: "#8f3a05",
  yellow: "#6f4a00",
  gray: "#495057",
};

/** Quiet text and marks are still readable: 4.5 to 1 against what is behind them. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5c636b",
    "--mantine-color-error": "#c21f1f",
    ...Object.fromEntries(
      Object.entries(MARKS).map(([name, dark]) => [`--mantine-color-${name}-light-color`, dark]),
    ),
  },
  dark: { "--mantine-color-dimmed": "#a0a5ab", "--mantine-color-error": "#ff8787" },
});
