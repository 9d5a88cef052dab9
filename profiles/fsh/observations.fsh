// Observation: the status panel, the daily dose, complications and outcome scales.

Invariant: itb-ps-code
Description: "Every component has a code of ours, and no two have the same."
Severity: #error
Expression: "component.code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').count() = component.count() and component.code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.isDistinct()"

// A table of code and unit: one pass over the components, where a rule for each unit would take ten.
Invariant: itb-ps-unit
Description: "A number has the unit of its code: volumes mL, concentration ug/mL, daily dose ug/d, flow mL/d or mL/h, battery life mo, catheter length cm, the ratio 1 or %."
Severity: #error
Expression: "component.where(value.ofType(Quantity).exists()).all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code & ' ' & value.ofType(Quantity).code).matches('^((calculated-reservoir|expected-residual|measured-residual|fill|low-reservoir-alarm|catheter|pump-tubing)-volume mL|residual-discrepancy mL|reservoir-capacity mL|drug-concentration ug/mL|programmed-daily-dose ug/d|flow-rate mL/(d|h)|months-to-eri mo|catheter-length cm|delivered-to-programmed-ratio (1|%))$'))"

Invariant: itb-ps-text
Description: "Only battery, mode, programme, tip level and alarm are stated in words."
Severity: #error
Expression: "component.where(value.ofType(string).exists()).all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.matches('^(battery-status|infusion-mode|programme-read|catheter-tip-level|alarm-state)$'))"

Invariant: itb-ps-date
Description: "Alarm and refill dates are dates, and nothing else is."
Severity: #error
Expression: "component.where(value.ofType(dateTime).exists()).all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.matches('^(low-reservoir-alarm-date|reported-low-reservoir-alarm-date|refill-due-by)$'))"

Invariant: itb-ps-coded
Description: "Grade, mode, battery, tip level and alarm may be coded; the grade with a code of ours."
Severity: #error
Expression: "component.where(value.ofType(CodeableConcept).exists()).all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code & ' ' & value.ofType(CodeableConcept).coding.system.first()).matches('^(residual-grade https://w3id.org/itb-fhir/CodeSystem/itb-residual-grade|(battery-status|infusion-mode|programme-read|catheter-tip-level|alarm-state) .*)$'))"

Invariant: itb-ps-focus
Description: "The pump is both what was read and what the reading is about."
Severity: #error
Expression: "device.reference.exists() implies device.reference in focus.reference"

Invariant: itb-dose-unit
Description: "The daily dose is in ug/d."
Severity: #error
Expression: "value.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = 'ug/d' and value >= 0).exists() or (value.empty() and dataAbsentReason.exists())"

Invariant: itb-dose-category
Description: "The category is therapy."
Severity: #error
Expression: "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/observation-category' and code = 'therapy').exists()"

Invariant: itb-cmp-component
Description: "Components say severity, cause, symptom, related part, action, outcome or time of resolution."
Severity: #error
Expression: "component.all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation' and code.matches('^complication-(severity|cause|symptom|related-to|action|outcome|resolved)$')).exists())"

Invariant: itb-cmp-related
Description: "The related part is a code of ours."
Severity: #error
Expression: "component.where(code.coding.code = 'complication-related-to').all(value.ofType(CodeableConcept).coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-related-to').exists() or dataAbsentReason.exists())"

Invariant: itb-asm-scale
Description: "The code names a scale of ours."
Severity: #error
Expression: "code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-assessment-scale').count() = 1"

Invariant: itb-asm-category
Description: "The category is survey."
Severity: #error
Expression: "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/observation-category' and code = 'survey').exists()"

Invariant: itb-asm-value
Description: "A score is a Quantity in {score}; a level or grade is a string."
Severity: #error
Expression: "value.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = '{score}').exists() or value.ofType(string).exists() or (value.empty() and dataAbsentReason.exists())"

RuleSet: AdapterObservation
* insert Published
* insert AdapterDomainResource
* identifier 1..*
* subject 1..1
* subject only Reference(Patient)
* effective[x] 1..1

Profile: ItbPumpStatus
Parent: Observation
Id: itb-pump-status
Title: "ITB pump status panel"
Description: "What one interrogation or refill said about the pump. Calculated and measured volumes are different components."
* insert AdapterObservation
* obeys itb-ps-code and itb-ps-unit and itb-ps-text and itb-ps-date and itb-ps-coded and itb-ps-focus
* code = $observation#pump-status-panel
* focus 1..*
* effective[x] only dateTime
* device 1..1
* component 1..*
* component.code from ItbObservationCodes (required)
* component.value[x] only Quantity or CodeableConcept or string or dateTime

Profile: ItbDailyDose
Parent: Observation
Id: itb-daily-dose
Title: "ITB programmed daily dose"
Description: "The programmed dose as a single value, for readers that know nothing of segments."
* insert AdapterObservation
* obeys itb-dose-unit and itb-dose-category
* category 1..*
* code = $observation#programmed-daily-dose
* effective[x] only dateTime
* value[x] only Quantity
* device 1..1

Profile: ItbComplication
Parent: Observation
Id: itb-complication
Title: "ITB complication"
Description: "A complication as it was reported. Focus is the part concerned, where it is known."
* insert AdapterObservation
* obeys itb-cmp-component and itb-cmp-related
* code = $observation#complication
* effective[x] only dateTime or Period
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from ItbComplicationCodes (required)

Profile: ItbAssessment
Parent: Observation
Id: itb-assessment
Title: "ITB assessment"
Description: "One result of an outcome scale."
* insert AdapterObservation
* obeys itb-asm-scale and itb-asm-category and itb-asm-value
* category 1..*
* effective[x] only dateTime
* value[x] only Quantity or string
