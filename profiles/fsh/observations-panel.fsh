// The status panel: all that one session with the pump said, in one resource.

Invariant: itb-ps-code
Description: "Every component has a code of ours. No two have the same, but for steps, weekday patterns, further drugs and alarms."
Severity: #error
Expression: "component.code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').count() = component.count() and component.code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.where($this.matches('^(flex-step|weekday-pattern|additional-drug|alarm-state)$').not()).isDistinct()"

// A table of code and unit: one pass over the components, where a rule for each unit would take ten.
Invariant: itb-ps-unit
Description: "A number has the unit of its code: volumes mL, concentration ug/mL, daily dose ug/d, its change %, flow mL/d, boluses ug, their duration min, battery life mo, spans d, the ratio 1."
Severity: #error
Expression: "component.where(value.ofType(Quantity).exists()).all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code & ' ' & value.ofType(Quantity).code).matches('^((calculated-reservoir|reported-reservoir|expected-residual|calculated-residual|measured-residual|fill|programmed-fill|rinse|bridge|low-reservoir-alarm|forecast-alarm)-volume mL|(reported-)?residual-discrepancy mL|drug-concentration ug/mL|programmed-daily-dose ug/d|daily-dose-change %|(calculated-)?flow-rate mL/d|((single|periodic|patient)-bolus-dose|patient-boluses-total) ug|((single|periodic|patient)-bolus-duration|patient-bolus-lockout|critical-alarm-interval) min|patient-bolus-maximum /d|(periodic-bolus-interval|bridge-duration) h|(residual-span|reported-refill-interval|days-to-alarm) d|months-to-eri mo|delivered-to-programmed-ratio 1)$'))"

Invariant: itb-ps-text
Description: "Only steps, weekday patterns, further drugs, imaging, the source of a date and the facts of the session are stated in words."
Severity: #error
Expression: "component.where(value.ofType(string).exists()).all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.matches('^(flex-step|weekday-pattern|additional-drug|imaging-used|pump-implant-date-source|session-report-id|programmer-model|programmer-software)$'))"

Invariant: itb-ps-date
Description: "Alarm, refill, battery and implant dates, clocks and the starts of counts are dates or times, and nothing else is."
Severity: #error
Expression: "component.where(value.ofType(dateTime).exists()).all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code.matches('^((reported-)?low-reservoir-alarm-date|refill-due-by|reported-refill-due-date|(calculated-)?eri-date|estimated-replacement-date|end-of-service-by|pump-implant-date|residual-since|patient-boluses-since|programmer-clock|pump-clock)$'))"

Invariant: itb-ps-count
Description: "Needle attempts and boluses are counted; the replacement window is a period."
Severity: #error
Expression: "component.where(value.ofType(integer).exists()).all(code.coding.code.matches('^(needle-attempts|patient-boluses-(delivered|denied))$')) and component.where(value.ofType(Period).exists()).all(code.coding.code.matches('^replacement-window$'))"

// The code systems of grade, direction, reading, mode and battery are named after the code: hence the back reference.
Invariant: itb-ps-coded
Description: "Grade, direction, reading, mode, battery, alarm and the source of the tip level are codes of ours; the tip level may have a code or be in words."
Severity: #error
Expression: "component.where(value.ofType(CodeableConcept).exists()).all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code & ' ' & value.ofType(CodeableConcept).coding.system.first()).matches('^((residual-grade|residual-direction|residual-reading|infusion-mode|battery-status|refill-setting) https://w3id.org/itb-fhir/CodeSystem/itb-\\\\2|alarm-state https://w3id.org/itb-fhir/CodeSystem/itb-alarm|catheter-tip-level-source https://w3id.org/itb-fhir/CodeSystem/itb-fact-source|catheter-tip-level .*)$'))"

Profile: ItbPumpStatus
Parent: Observation
Id: itb-pump-status
Title: "ITB pump status panel"
Description: "What one session with the pump said: an implantation, a refill, a change of the programme, an interrogation. What was reported stands before what is calculated, each under a code of its own; calculated and measured volumes are different components. What was not reported is absent; what was reported as not known or not measured says so."
* insert PumpObservation
* obeys itb-ps-code and itb-ps-unit and itb-ps-text and itb-ps-date and itb-ps-count and itb-ps-coded
* code = $observation#pump-status-panel
* code ^short = "Always: pump status panel"
* partOf ^short = "The procedure at which the pump was read"
* effective[x] only dateTime
* effective[x] ^short = "Time of the session, as precisely as it was reported"
* note ^short = "What a reader should check, each in one sentence"
* component 1..*
* component ^short = "One value; the code says whether it was reported, measured or calculated"
* component.code from ItbObservationCodes (required)
* component.value[x] only Quantity or CodeableConcept or string or dateTime or integer or Period
* component.dataAbsentReason ^short = "The source said that it was not measured or is not known"
