// Complications, what they relate to, and the grade of a residual.

CodeSystem: ItbComplicationKind
Id: itb-complication
Title: "ITB complications"
Description: "Complications of intrathecal baclofen therapy. Each says what was reported, never what caused it unless the code names the cause."
* insert LocalCodeSystem
* #withdrawal "Baclofen withdrawal" "Signs of withdrawal after delivery decreased or stopped."
* #overdose "Baclofen overdose" "Signs of too much baclofen."
* #pocket-infection "Pump pocket infection" "Infection of the pocket that holds the pump."
* #meningitis "Meningitis" "Infection or inflammation of the meninges."
* #surgical-site-infection "Surgical site infection" "Infection of a wound of the implantation or a revision."
* #csf-leak "Cerebrospinal fluid leak" "Loss of cerebrospinal fluid along the catheter or through the wound."
* #catheter-kink "Catheter kink" "The catheter is bent so that flow is impeded."
* #catheter-occlusion "Catheter occlusion" "The catheter is blocked."
* #catheter-migration "Catheter migration" "The catheter tip has left its place."
* #catheter-leak-fracture "Catheter leak or fracture" "The catheter leaks or is broken."
* #catheter-disconnect "Catheter disconnection" "The catheter has come off the pump or its connector."
* #catheter-granuloma "Catheter tip granuloma" "An inflammatory mass at the catheter tip."
* #motor-stall "Motor stall" "The motor of the pump did not turn."
* #pump-malfunction "Pump malfunction" "The pump did not work as specified."
* #over-infusion "Over-infusion" "More was delivered than programmed."
* #under-infusion "Under-infusion" "Less was delivered than programmed."
* #memory-error "Pump memory error" "The pump lost or corrupted its settings."
* #battery-depletion-premature "Premature battery depletion" "The battery was exhausted earlier than expected."
* #pump-flip "Pump flip" "The pump has turned over in its pocket."
* #pump-migration "Pump migration" "The pump has left its place."
* #pocket-seroma "Pocket seroma" "Fluid in the pump pocket."
* #pocket-haematoma "Pocket haematoma" "Blood in the pump pocket."
* #wound-dehiscence "Wound dehiscence" "A wound of the implantation or a revision has opened."
* #skin-erosion "Skin erosion" "The skin over the device has broken down."
* #programming-error "Programming error" "The pump was programmed otherwise than intended."
* #refill-error "Refill error" "A refill went otherwise than intended."
* #pocket-fill "Pocket fill" "Drug was injected into the pocket and not into the reservoir."
* #wrong-concentration "Wrong concentration" "Concentration filled and concentration intended or programmed differ."
* #side-effect "Side effect of baclofen" "An unwanted effect at the programmed dose."
* #sepsis "Sepsis" "Infection with signs in the whole body."
* #loss-of-effect "Loss of effect" "The effect of the therapy decreased, without a cause that was named."
* #other "Other complication" "A complication for which there is no code here: cause and symptoms say which."

CodeSystem: ItbRelatedTo
Id: itb-related-to
Title: "ITB related part"
Description: "The part of the therapy to which a complication relates."
* insert LocalCodeSystem
* #pump "Pump" "The pump."
* #catheter "Catheter" "The catheter."
* #procedure "Procedure" "An implantation, a revision, a refill or another procedure."
* #drug "Drug" "The drug or its concentration."
* #programming "Programming" "The programme of the pump."
* #patient "Patient" "The patient's condition or behaviour."
* #unknown "Unknown" "Not known."

CodeSystem: ItbResidualGrade
Id: itb-residual-grade
Title: "ITB residual grades"
Description: "Grade of a residual discrepancy against configured limits. A grade says nothing about the cause."
* insert LocalCodeSystem
* #ok "Within limits" "The discrepancy is within the configured limits."
* #warn "Outside the warning limit" "The discrepancy is outside the configured warning limit."
* #critical "Outside the critical limit" "The discrepancy is outside the configured critical limit."
* #not-assessable "Not assessable" "No baseline is known, for example at the first known fill."
