// The care plan, and what is written only where a site asks for it: it changes lists that clinicians keep.

Invariant: itb-cpl-activity
Description: "Every part of the plan says with a code of ours what it is; all but the review say it in words too."
Severity: #error
Expression: "activity.detail.all(code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-clinical').exists() and (description.exists() or scheduled.exists()))"

Invariant: itb-cnd-confirmed
Description: "A condition says what is known of its verification, or that it is the diagnosis that led to the therapy."
Severity: #error
Expression: "verificationStatus.exists() or category.coding.where(code = 'encounter-diagnosis').empty()"

Invariant: itb-alg-active
Description: "An allergy names an allergy of ours."
Severity: #error
Expression: "code.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-clinical' and code = 'baclofen-allergy').exists()"

Profile: ItbCarePlan
Parent: CarePlan
Id: itb-care-plan
Title: "ITB care plan"
Description: "The patient's own signs of withdrawal and overdose, restrictions, contacts and emergency plan, as the clinic signed them. The newest plan is active; the one before it is revoked. The words are the clinic's."
* insert Published
* insert AdapterDomainResource
* obeys itb-cpl-activity
* identifier 1..*
* status ^short = "Active, or revoked by a newer plan"
* intent = #plan
* title 1..1
* subject only Reference(Patient)
* period 1..1
* period.start 1..1
* period ^short = "From the day on which it was signed"
* author 1..1
* replaces ^short = "The plan before"
* activity ^short = "One part of the plan each"

Profile: ItbCondition
Parent: Condition
Id: itb-condition
Title: "ITB condition"
Description: "Only where a site asks for it, because the problem list is the clinicians': a withdrawal or an infection that a clinician confirmed, or the diagnosis that led to the therapy."
* insert Published
* insert AdapterDomainResource
* obeys itb-cnd-confirmed
* identifier 1..*
* category 1..1
* code 1..1
* subject only Reference(Patient)
* evidence ^short = "The Observation in which it was reported"

Profile: ItbFlag
Parent: Flag
Id: itb-flag
Title: "ITB flag"
Description: "Only where a site asks for it: a standing risk while a pump is implanted. It is no alarm and says nothing about today."
* insert Published
* insert AdapterDomainResource
* identifier 1..*
* category 1..1
* code = $clinical#interruption-risk
* subject only Reference(Patient)
* period ^short = "While the pump is implanted"

Profile: ItbAllergy
Parent: AllergyIntolerance
Id: itb-allergy
Title: "ITB allergy"
Description: "Only where a site asks for it: an allergy to baclofen that was reported in so many words. Other allergies stay in words in baseline and care plan."
* insert Published
* insert AdapterDomainResource
* obeys itb-alg-active
* identifier 1..*
* code 1..1
* patient only Reference(Patient)
