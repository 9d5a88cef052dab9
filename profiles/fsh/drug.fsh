// Medication (what is in the reservoir) and MedicationRequest (the programme as ordered).

Invariant: itb-med-strength
Description: "Baclofen states its strength, and every strength is in ug per 1 mL."
Severity: #error
Expression: "ingredient.where(item.coding.exists() or strength.exists()).all(strength.where(numerator.system = 'http://unitsofmeasure.org' and numerator.code = 'ug' and numerator.value > 0 and denominator.system = 'http://unitsofmeasure.org' and denominator.code = 'mL' and denominator.value = 1).exists())"

Invariant: itb-reg-status
Description: "The status is active, completed, stopped or entered-in-error."
Severity: #error
Expression: "status.matches('^(active|completed|stopped|entered-in-error)$')"

Invariant: itb-reg-route
Description: "Every instruction states the intrathecal route."
Severity: #error
Expression: "dosageInstruction.all(route.coding.where((system = 'http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration' and code = 'IT') or (system = 'http://snomed.info/sct' and code = '72607000')).exists())"

Invariant: itb-reg-amount
Description: "Every instruction states a rate in ug/d or ug/h, or a dose in ug."
Severity: #error
Expression: "dosageInstruction.all(doseAndRate.count() = 1 and doseAndRate.all((rate.exists() or dose.exists()) and (rate.empty() or rate.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and (code = 'ug/d' or code = 'ug/h')).exists()) and (dose.empty() or dose.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = 'ug').exists())))"

Invariant: itb-reg-steps
Description: "Where there are several instructions, each is a constant rate, or a bolus every so many hours, or what may be given on request, or a step with its own sequence, time of day and duration in hours."
Severity: #error
Expression: "dosageInstruction.count() > 1 implies (dosageInstruction.sequence.isDistinct() and dosageInstruction.all(asNeeded.exists() or doseAndRate.rate.exists() or timing.repeat.periodUnit = 'h' or (sequence.exists() and timing.repeat.timeOfDay.exists() and timing.repeat.duration.exists() and timing.repeat.durationUnit = 'h')))"

Invariant: itb-reg-request
Description: "What is given on request states an amount in ug, and its limit as ug per 1 d."
Severity: #error
Expression: "dosageInstruction.where(asNeeded.exists()).all(doseAndRate.dose.exists() and doseAndRate.rate.empty() and (maxDosePerPeriod.empty() or maxDosePerPeriod.where(numerator.code = 'ug' and denominator.code = 'd' and denominator.value = 1).exists()))"

Profile: ItbMedication
Parent: Medication
Id: itb-medication
Title: "ITB medication"
Description: "The drug of one fill, with concentration and lot. Never shared between patients."
* insert Published
* insert AdapterDomainResource
* obeys itb-med-strength
* identifier 1..*
* code 1..1
* code ^short = "Baclofen; the product by its National Drug Code and the clinical drug by RxNorm where they are known and nothing is mixed in"
* form ^short = "Solution for intrathecal infusion"
* ingredient 1..*
* ingredient ^short = "Baclofen, and every other drug in the same reservoir by its name"
* ingredient.strength ^short = "Concentration in ug per 1 mL; of baclofen always"
* batch ^short = "Lot and expiry, as labelled"

Profile: ItbRegimen
Parent: MedicationRequest
Id: itb-regimen
Title: "ITB regimen"
Description: "The programme as it was set: a constant rate, or the steps of each day; before it a bridge, beside it what the patient may request."
* insert Published
* insert AdapterDomainResource
* obeys itb-reg-status and itb-reg-route and itb-reg-amount and itb-reg-steps and itb-reg-request
* identifier 1..*
* intent = #order
* medication[x] only CodeableConcept
* subject only Reference(Patient)
* status ^short = "active: it is in the pump; completed: another took over; stopped: delivery ended"
* encounter ^short = "The encounter at the hospital, by its identifier"
* authoredOn ^short = "When it was programmed"
* requester ^short = "Who programmed it"
* reasonCode ^short = "Why it was programmed, in the words of the reporter"
* dosageInstruction 1..*
* dosageInstruction ^short = "In their sequence: a bridge, then the rate or the steps; without sequence: on request"
* dosageInstruction.timing ^short = "Time of day on the clock of the pump, days of the week, or how often"
* dosageInstruction.asNeeded[x] ^short = "true: the patient may request it"
* dosageInstruction.maxDosePerPeriod ^short = "Most that the pump gives on request in a day"
* dosageInstruction.route 1..1
* dosageInstruction.doseAndRate 1..1
