import { z } from 'zod';
import { fact } from './fact-schema.ts';

/** What the clinic signed for this patient: signs, restrictions, whom to call. */

const text = fact(z.string());
const texts = fact(z.array(z.string()));

export const carePlan = z.strictObject({
  withdrawalSigns: texts,
  overdoseSigns: texts,
  restrictions: fact(z.array(z.strictObject({ text: z.string(), until: z.iso.date().nullable() }))),
  feverProtocol: text,
  emergencyPlan: text,
  contacts: fact(z.array(z.strictObject({ role: z.string(), name: z.string().nullable(), telephone: z.string() }))),
  prnDrugs: texts,
  currentMedication: texts,
  allergies: texts,
  deviceCard: text,
  skin: text,
  careTeam: texts,
  author: text,
  signedDate: fact(z.iso.date()),
  reviewDate: fact(z.iso.date()),
});

export type CarePlanNow = z.infer<typeof carePlan>;
