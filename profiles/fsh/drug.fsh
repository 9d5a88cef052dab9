// Medication (what is in the reservoir) and MedicationRequest (the programme as ordered).

Invariant: itb-med-strength
Description: "Every ingredient states its strength in ug per 1 mL."
Severity: #error
Expression: "ingredient.all(strength.where(numerator.system = 'http://unitsofmeasure.org' and numerator.code = 'ug' and numerator.value > 0 and denominator.system = 'http://unitsofmeasure.org' and denominator.code = 'mL' and denominator.value = 1).exists())"

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
Description: "Where there are several instructions, each is a step with its own sequence, time of day and duration in hours."
Severity: #error
Expression: "dosageInstruction.count() > 1 implies (dosageInstruction.sequence.isDistinct() and dosageInstruction.all(sequence.exists() and timing.repeat.timeOfDay.exists() and timing.repeat.duration.exists() and timing.repeat.durationUnit = 'h'))"

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
* ingredient 1..*
* ingredient.strength 1..1

Profile: ItbRegimen
Parent: MedicationRequest
Id: itb-regimen
Title: "ITB regimen"
Description: "The programme as ordered: one instruction for a constant rate, one for each step of a flex programme."
* insert Published
* insert AdapterDomainResource
* obeys itb-reg-status and itb-reg-route and itb-reg-amount and itb-reg-steps
* identifier 1..*
* intent = #order
* medication[x] only CodeableConcept
* subject only Reference(Patient)
* dosageInstruction 1..*
* dosageInstruction.route 1..1
* dosageInstruction.doseAndRate 1..1
