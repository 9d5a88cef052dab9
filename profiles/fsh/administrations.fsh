// MedicationAdministration: a segment of delivery, a bolus, and two volumes that are no dose.

Invariant: itb-inf-stop-reason
Description: "A stopped segment says why."
Severity: #error
Expression: "status = 'stopped' implies statusReason.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-stop-reason').exists()"

Invariant: itb-inf-rate
Description: "The rate is either a Quantity in ug/d, or a Ratio of ug per 1 d or per 7 d."
Severity: #error
Expression: "dosage.rate.ofType(Quantity).where(system = 'http://unitsofmeasure.org' and code = 'ug/d' and value >= 0).exists() or dosage.rate.ofType(Ratio).where(numerator.system = 'http://unitsofmeasure.org' and numerator.code = 'ug' and numerator.value >= 0 and denominator.system = 'http://unitsofmeasure.org' and denominator.code = 'd' and (denominator.value = 1 or denominator.value = 7)).exists()"

Invariant: itb-inf-mode
Description: "The infusion mode is stated exactly once, with a code of ours."
Severity: #error
Expression: "extension.where(url = 'https://w3id.org/itb-fhir/StructureDefinition/infusion-mode').value.matches('^(simple-continuous|flex|periodic-bolus|single-bolus|minimum-rate|stopped|patient-activated)$')"

Invariant: itb-inf-pattern
Description: "A pattern over the day or the week has a Ratio and a constant rate has a Quantity; a bridge runs at a constant rate whatever follows it."
Severity: #error
Expression: "iif(dosage.rate.ofType(Quantity).exists(), extension.where(url = 'https://w3id.org/itb-fhir/StructureDefinition/infusion-mode').value.matches('^(flex|periodic-bolus)$').not() or dosage.method.coding.where(code = 'bridge-bolus').exists(), extension.where(url = 'https://w3id.org/itb-fhir/StructureDefinition/infusion-mode').value.matches('^(simple-continuous|minimum-rate)$').not())"

Invariant: itb-inf-dose
Description: "An amount delivered is stated in ug."
Severity: #error
Expression: "dosage.dose.empty() or (dosage.dose.code = 'ug' and dosage.dose.system = 'http://unitsofmeasure.org')"

Invariant: itb-inf-method
Description: "The method is an infusion mode or the bridge."
Severity: #error
Expression: "dosage.method.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-infusion-mode' or (system = 'https://w3id.org/itb-fhir/CodeSystem/itb-administration' and code = 'bridge-bolus')).exists()"

Invariant: itb-bol-dose
Description: "A bolus states the amount delivered in ug and no rate."
Severity: #error
Expression: "dosage.rate.empty() and dosage.dose.code = 'ug' and dosage.dose.system = 'http://unitsofmeasure.org' and dosage.dose.value > 0"

Invariant: itb-bol-method
Description: "The method is a single or a patient activated bolus."
Severity: #error
Expression: "dosage.method.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-administration' and (code = 'single-bolus' or code = 'patient-activated-bolus')).exists()"

Invariant: itb-pri-method
Description: "The method is the priming bolus."
Severity: #error
Expression: "dosage.method.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-administration' and code = 'priming-bolus').exists()"

Invariant: itb-fill-method
Description: "Method and site say that the reservoir was filled."
Severity: #error
Expression: "dosage.method.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-administration' and code = 'reservoir-fill').exists() and dosage.site.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-administration' and code = 'pump-reservoir').exists()"

Invariant: itb-fill-text
Description: "The text begins with RESERVOIR FILL, for readers that show nothing else."
Severity: #error
Expression: "dosage.text.startsWith('RESERVOIR FILL')"

RuleSet: Administration
* insert Published
* insert AdapterDomainResource
* obeys itb-administration-status
* identifier 1..*
* identifier ^short = "Our keyed identity, and the source's id"
* subject only Reference(Patient)
* context ^short = "The encounter at the hospital, by its identifier"
* performer ^short = "Who programmed or filled the pump; of a patient activated bolus the patient"
* device ^short = "The pump"
* note ^short = "What a reader should know beside the facts"
* dosage 1..1
* dosage.text ^short = "The same in words, with the concentration and every other drug in the reservoir"
* dosage.method 1..1

Profile: ItbInfusion
Parent: MedicationAdministration
Id: itb-infusion
Title: "ITB infusion segment"
Description: "Delivery at one programme, from one change to the next. Segments never overlap."
* insert Administration
* obeys itb-start and itb-open and itb-closed and itb-route
* obeys itb-inf-stop-reason and itb-inf-rate and itb-inf-mode and itb-inf-pattern and itb-inf-dose and itb-inf-method
* extension contains InfusionMode named infusionMode 1..1
* medication[x] only CodeableConcept
* effective[x] only Period
* device 1..*
* device only Reference(Device)
* status ^short = "in-progress: it runs; completed: another programme took over; stopped: delivery ended"
* statusReason ^short = "Why the segment ended"
* medication[x] ^short = "Baclofen, without lot: the lot changes at a refill, delivery does not"
* effective[x] ^short = "From the programming to the next change"
* supportingInformation ^short = "What the session that programmed it read from the pump"
* request ^short = "The programme with its steps"
* dosage.route 1..1
* dosage.dose ^short = "Not stated while it runs"
* dosage.rate[x] 1..1
* dosage.rate[x] ^short = "A constant rate as ug/d; a pattern as its total per day, or per week where days differ"

Profile: ItbBolus
Parent: MedicationAdministration
Id: itb-bolus
Title: "ITB bolus"
Description: "A bolus that was delivered to the patient."
* insert Administration
* obeys itb-start and itb-open and itb-closed and itb-route and itb-bol-dose and itb-bol-method
* medication[x] only CodeableConcept
* effective[x] only Period
* partOf ^short = "The infusion that ran meanwhile"
* request ^short = "The programme that allows boluses to the patient"
* dosage.route 1..1
* dosage.dose 1..1
* dosage.dose ^short = "Amount delivered in ug"
* dosage.rate[x] 0..0

Profile: ItbPrimingBolus
Parent: MedicationAdministration
Id: itb-priming-bolus
Title: "ITB priming bolus"
Description: "A volume that fills tubing and catheter. It is not a patient dose."
* insert Administration
* obeys itb-not-a-dose and itb-pri-method
* partOf 1..*
* partOf ^short = "The procedure in which it was primed"
* dosage.route 0..0
* dosage.route ^short = "None: it does not reach the patient"
* dosage.dose 1..1
* dosage.dose ^short = "A volume in mL, never a mass"
* dosage.rate[x] 0..0

Profile: ItbReservoirFill
Parent: MedicationAdministration
Id: itb-reservoir-fill
Title: "ITB reservoir fill"
Description: "Drug put into the reservoir. It is not a patient dose."
* insert Administration
* obeys itb-not-a-dose and itb-fill-method and itb-fill-text
* medication[x] only Reference(Medication)
* partOf 1..*
* device 1..*
* device only Reference(Device)
* medication[x] ^short = "The drug of this fill, with concentration and lot"
* partOf ^short = "The procedure in which it was filled"
* dosage.text 1..1
* dosage.text ^short = "Begins with RESERVOIR FILL"
* dosage.site 1..1
* dosage.site ^short = "The reservoir of the pump"
* dosage.route 0..0
* dosage.route ^short = "None: it does not reach the patient"
* dosage.dose 1..1
* dosage.dose ^short = "A volume in mL, never a mass"
* dosage.rate[x] 0..0
