// The answer to "what runs, how much is left, what is wrong, how sure are we". It is computed when it is asked for and is
// never stored.

Extension: ValueMethod
Id: value-method
Title: "How a value is known"
Description: "Reported by a source, measured, calculated by this software, unknown, or withheld from the reader."
Context: Observation.component
* insert Published
* obeys itb-value-method
* value[x] 1..1
* value[x] only code

Invariant: itb-value-method
Description: "Reported, measured, calculated, unknown or withheld."
Severity: #error
Expression: "value.matches('^(reported|measured|calculated|unknown|withheld)$')"

Extension: ValueAsOf
Id: value-as-of
Title: "As of when a value is known"
Description: "When it was reported, as precisely as the source said; of a calculated value, the instant that it is calculated for."
Context: Observation.component
* insert Published
* value[x] 1..1
* value[x] only dateTime

Extension: ValueSource
Id: value-source
Title: "Report that states a value"
Description: "The event at its source."
Context: Observation.component
* insert Published
* value[x] 1..1
* value[x] only Identifier

Extension: ValueCalculation
Id: value-calculation
Title: "Calculation that gives a value"
Description: "Name of the calculation of this software."
Context: Observation.component
* insert Published
* value[x] 1..1
* value[x] only code

Extension: ValueWords
Id: value-words
Title: "Words beside a value"
Description: "What a reader should see beside the value, or instead of it."
Context: Observation.component
* insert Published
* value[x] 1..1
* value[x] only string

Invariant: itb-sum-code
Description: "Every component has a code of ours. No two have the same, but for alarms."
Severity: #error
Expression: "component.code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').count() = component.count() and component.code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.where($this != 'alarm-state').isDistinct()"

Invariant: itb-sum-known
Description: "A component has a value, or says that it has none: unknown is never a number."
Severity: #error
Expression: "component.all(value.exists() xor dataAbsentReason.exists())"

Invariant: itb-sum-method
Description: "Every component says how it is known; known ones also as of when."
Severity: #error
Expression: "component.all(extension.where(url = 'https://w3id.org/itb-fhir/StructureDefinition/value-method').exists()) and component.where(value.exists()).all(extension.where(url = 'https://w3id.org/itb-fhir/StructureDefinition/value-as-of').exists())"

Invariant: itb-sum-unit
Description: "A number has the unit of its code."
Severity: #error
Expression: "component.where(value.ofType(Quantity).exists()).all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code & ' ' & value.ofType(Quantity).code).matches('^((reservoir-capacity|(calculated|reported)-reservoir-volume|measured-residual-volume|fill-volume|low-reservoir-alarm-volume|residual-discrepancy) mL|drug-concentration ug/mL|programmed-daily-dose ug/d|daily-dose-change %|patient-bolus-dose ug|days-to-refill d|months-to-eri mo)$'))"

Invariant: itb-sum-note
Description: "A note says that this is no alarm system."
Severity: #error
Expression: "note.text.where($this.startsWith('Not an alarm or monitoring system')).exists()"

Profile: ItbPumpSummary
Parent: Observation
Id: itb-pump-summary
Title: "ITB pump status summary"
Description: "What is known of one pump at an instant: what it does, how much is left, by when a refill is due, what is wrong. Each value says how and as of when it is known; what nobody reported is said to be unknown and is never a number. Not an alarm or monitoring system."
* insert Published
* insert AdapterDomainResource
* obeys itb-ps-focus and itb-sum-code and itb-sum-known and itb-sum-method and itb-sum-unit and itb-sum-note
* identifier 0..0
* status ^short = "final: computed when it was asked for"
* code = $observation#pump-status-summary
* code ^short = "Always: pump status summary"
* subject 1..1
* subject only Reference(Patient)
* focus 1..*
* focus only Reference(Device)
* focus ^short = "The pump"
* device 1..1
* device ^short = "The pump"
* effective[x] 1..1
* effective[x] only dateTime
* effective[x] ^short = "The instant that was asked about"
* derivedFrom only Reference(Observation)
* derivedFrom ^short = "The newest panel and dose, alarms that stand and complications that are open"
* note 1..*
* note ^short = "That this is no alarm system; what a reader should know"
* component 1..*
* component.code from ItbObservationCodes (required)
* component.value[x] only Quantity or CodeableConcept or string or dateTime or integer
* component.extension contains ValueMethod named method 0..1 and ValueAsOf named asOf 0..1 and ValueSource named source 0..1 and ValueCalculation named calculation 0..1 and ValueWords named words 0..1
