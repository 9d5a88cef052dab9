import type { Program } from '../event/program.ts';
import type { MappingContext } from './context.ts';
import { programmeReadings } from './programme-readings.ts';
import { amount, components, type Reading } from './reading.ts';

/** Every value of a programme, each with its name: `Infusion mode: Flex; Programmed daily dose: 210 ug/d; …`. */
export function programmeInWords(program: Program, context: MappingContext): string {
  const concentration: Reading = ['drug-concentration', amount(program.concentrationUgPerMl, 'ug/mL')];
  const values = components([...programmeReadings(program, context), concentration], context);
  return values
    .map(({ code, valueCodeableConcept, valueQuantity, valueString }) => {
      const number = valueQuantity && `${valueQuantity.value} ${valueQuantity.unit}`;
      return `${code.text}: ${valueCodeableConcept?.text ?? number ?? valueString}`;
    })
    .join('; ');
}
