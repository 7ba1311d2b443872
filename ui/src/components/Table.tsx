import { Group, Table as Plain, ScrollArea, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronUp } from "lucide-react";
import { type ReactNode, useState } from "react";

export interface Column<Row> {
  /** The heading; it also tells columns apart. */
  label: string;
  cell: (row: Row) => ReactNode;
  /** What rows are ordered by when the heading is pressed. */
  by?: (row: Row) => string | number | null | undefined;
  number?: boolean;
  width?: number | string;
}

interface TableProps<Row> {
  /** What the table holds, for who can't see it. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row, index: number) => string;
}

interface Order {
  label: string;
  down: boolean;
}

/** A dense table that scrolls sideways where it is too narrow. */
export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>) {
  const [order, setOrder] = useState<Order>();
  const shown = ordered(rows, columns, order);
  return (
    <ScrollArea
      type="auto"
      offsetScrollbars="x"
      viewportProps={{ tabIndex: 0, role: "region", "aria-label": label }}
    >
      <Plain highlightOnHover withRowBorders aria-label={label}>
        <Plain.Thead>
          <Plain.Tr>
            {columns.map((column) => (
              <Heading key={column.label} column={column} order={order} onOrder={setOrder} />
            ))}
          </Plain.Tr>
        </Plain.Thead>
        <Plain.Tbody>
          {shown.map((row, index) => (
            <Plain.Tr key={rowKey(row, index)}>
              {columns.map((column) => (
                <Plain.Td
                  key={column.label}
                  miw={column.width}
                  className={column.number ? "number" : undefined}
                >
                  {column.cell(row)}
                </Plain.Td>
              ))}
            </Plain.Tr>
          ))}
        </Plain.Tbody>
      </Plain>
    </ScrollArea>
  );
}

interface HeadingProps<Row> {
  column: Column<Row>;
  order: Order | undefined;
  onOrder: (order: Order) => void;
}

function Heading<Row>({ column, order, onOrder }: HeadingProps<Row>) {
  const mine = order?.label === column.label ? order : undefined;
  const sorted = mine === undefined ? undefined : mine.down ? "descending" : "ascending";
  const side = column.number ? "flex-end" : "flex-start";
  return (
    <Plain.Th w={column.width} aria-sort={sorted} style={{ whiteSpace: "nowrap" }}>
      {column.by === undefined ? (
        <Group justify={side}>{column.label}</Group>
      ) : (
        <UnstyledButton
          fz="inherit"
          fw="inherit"
          w="100%"
          onClick={() => onOrder({ label: column.label, down: mine ? !mine.down : false })}
        >
          <Group gap={4} justify={side} wrap="nowrap">
            {column.label}
            {mine && (mine.down ? <ChevronDown size={12} /> : <ChevronUp size={12} />)}
          </Group>
        </UnstyledButton>
      )}
    </Plain.Th>
  );
}

/** Return columns that rows are not ordered by: those of a list of which only a part is here. */
export function inOrder<Row>(columns: Column<Row>[]): Column<Row>[] {
  return columns.map(({ by: _, ...column }) => column);
}

/** Return rows in an order; what has no value comes last either way. */
export function ordered<Row>(rows: Row[], columns: Column<Row>[], order: Order | undefined): Row[] {
  const by = columns.find((column) => column.label === order?.label)?.by;
  if (by === undefined || order === undefined) return rows;
  const sign = order.down ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (a === b) return 0;
    if (a === null || a === undefined) return 1;
    if (b === null || b === undefined) return -1;
    return sign * (a < b ? -1 : 1);
  });
}
