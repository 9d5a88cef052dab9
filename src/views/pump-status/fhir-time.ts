/** A time as FHIR writes it: partial dates stay partial, seconds are filled with zeros. */
export const fhirTime = (text: string): string => text.replace(/T(\d{2}:\d{2})(?=Z|[+-])/, 'T$1:00');
