// The daily dose as single values, and the boluses that the pump counted.

Invariant: itb-dose-unit
Description: "The daily dose is in ug/d, or it is said why there is none."
Severity: #error
Expression: "value.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = 'ug/d' and value >= 0).exists() or (value.empty() and dataAbsentReason.exists())"

Invariant: itb-dose-category
Description: "The category is therapy."
Severity: #error
Expression: "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/observation-category' and code = 'therapy').exists()"

Invariant: itb-dose-weekday
Description: "A component is the daily dose of the weekdays that its text names, in ug/d."
Severity: #error
Expression: "component.all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation' and code = 'weekday-dose').exists() and code.text.exists() and value.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = 'ug/d').exists())"

Invariant: itb-count-component
Description: "Components say how many boluses were denied, and what those delivered came to in ug."
Severity: #error
Expression: "component.all((code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-observation').code & ' ' & value.ofType(Quantity).code).matches('^(patient-boluses-denied |patient-boluses-total ug)$'))"

Profile: ItbDailyDose
Parent: Observation
Id: itb-daily-dose
Title: "ITB programmed daily dose"
Description: "The programmed dose as a single value, for readers that know nothing of segments: one for each change, 0 from a stop on, absent where it is not known. Where weekdays have patterns of their own the value is that of all other days, never an average, and each pattern has a component; where every weekday has its own, there is no single value. It is what was programmed: boluses are not in it."
* insert PumpObservation
* obeys itb-dose-unit and itb-dose-category and itb-dose-weekday
* category 1..*
* code = $observation#programmed-daily-dose
* code ^short = "Always: programmed daily dose"
* partOf ^short = "The infusion that gives this dose"
* effective[x] only dateTime
* effective[x] ^short = "From when on it holds"
* value[x] only Quantity
* value[x] ^short = "Daily dose in ug/d; 0 where delivery was stopped"
* dataAbsentReason ^short = "Unknown: the programme, or whether the pump delivers it. Not applicable: every weekday has its own dose"
* note ^short = "Why a dose ended"
* component ^short = "The dose of weekdays with a pattern of their own"

Profile: ItbBolusCount
Parent: Observation
Id: itb-bolus-count
Title: "ITB count of patient boluses"
Description: "Boluses that the patient requested and the pump gave, as the pump counted them. A bolus that was reported by itself is among them: do not add this to the administrations."
* insert PumpObservation
* obeys itb-dose-category and itb-count-component
* category 1..*
* code = $observation#patient-boluses-delivered
* code ^short = "Always: patient boluses delivered"
* effective[x] only dateTime or Period
* effective[x] ^short = "The span of the count where its start is known, else when it was read"
* value[x] 1..1
* value[x] only integer
* value[x] ^short = "How many"
* component ^short = "How many were denied; what the delivered ones came to"
