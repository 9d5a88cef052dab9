import { expect } from 'vitest';
import type { BoardLine } from '../../../src/views/board/line.ts';
import type { Browser, Page } from '../../auth/browser.ts';
import { formTokenIn } from '../../auth/browser.ts';
import type { BoardService } from './board-service.ts';
import { clinic } from './patients.ts';

/** The board as JSON. */
export interface Listed {
  readonly counts: Readonly<Record<string, number>>;
  readonly lines: readonly BoardLine[];
  readonly next: string | null;
  readonly patientsBehind: number;
}

export async function listed({ url }: BoardService, visitor: Browser, query = ''): Promise<Listed> {
  const headers = { accept: 'application/json' };
  const answer = await visitor.request(`${url}/board.json${query}`, { headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Listed;
}

export const numbers = ({ lines }: Listed): string[] => lines.map(({ recordNumbers: [first] }) => String(first?.value));

export const lineOf = ({ lines }: Listed, number: string): BoardLine =>
  lines.find(({ recordNumbers: [first] }) => first?.value === number) as BoardLine;

/** Tells of the whole clinic; keyed ids by record number. */
export async function tellClinic(service: BoardService): Promise<ReadonlyMap<string, string>> {
  const told = await service.tell(clinic);
  const numberOf = (patient: unknown) => (patient as { identifier: { value: string } }).identifier.value;
  return new Map(clinic.map(({ patient }, n) => [numberOf(patient), told[n] as string]));
}

/** Saves the note of a patient, from a page of the signed-in person. */
export const write = (
  { url }: BoardService,
  { visitor, page }: { readonly visitor: Browser; readonly page: Page },
  patient: string | undefined,
  note: Record<string, string>,
): Promise<Page> => visitor.post(`${url}/board/patients/${patient}/note`, { formToken: formTokenIn(page), ...note });
