package storetest

import "testing"

// rule is one thing that a store must do.
type rule struct {
	name string
	test func(t *testing.T, shop Shop)
}

func rules() []rule {
	return []rule{
		{"begin gives batch, trace number and version, and the store gives back what it took", beginGivesNumbers},
		{"begin refuses what is no first state", beginRefusesStates},
		{"begin with a known key replays and stores nothing", beginReplays},
		{"begin with one key in many programs stores one", beginRaces},
		{"begin stores nothing for a caller that gave up", beginCanceled},

		{"record raises the version and keeps what identifies the transaction", recordKeepsIdentity},
		{"record follows the life of a transaction", recordFollowsLife},
		{"record refuses a version that is not held", recordStale},
		{"record in many programs lets one of them win", recordRaces},
		{"record goes on when the caller gave up", recordCanceled},
		{"record keeps the image while open and wipes it when final", recordWipesImage},
		{"a note changes nothing but the journal", noteChangesNothing},
		{"card data shown in clear is told by the journal and by nothing else", disclosureTold},

		{"a void undoes an approved transaction of the open batch, once and whole", voidRules},
		{"a void that was reversed never was", voidReversed},
		{"a void in many programs happens once", voidRaces},
		{"refunds never exceed the sale", refundRules},
		{"a refund that was voided or declined gives its money back", refundGivesBack},
		{"the last refundable amount goes to one of many programs", refundRaces},

		{"what holds money is raised, completed once and within bounds, or released whole", holdRules},
		{"a pre-auth is completed by one of many programs", completionRaces},
		{"tips are bounded by their sale and undone with it", tipRules},
		{"what holds money is in no totals, and a tip in a sum and no count", holdTotals},
		{"offline sales that wait are bounded in count and sum, for all programs together", offlineLimits},
		{"a full batch takes no more, and can be undone", batchFull},
		{"a part is approved once, of what was asked", partOnce},
		{"a ticket of which a part was approved is left to be paid, and undone with its tips", partOfTicket},
		{"cash that is handed out against a card leaves the drawer, and no more than it holds", cashOut},
		{"a batch is uploaded along its life, and goes on at the next start", uploading},
		{"working keys and parameters are kept until others come", keysKept},
		{"what became of scripts is told until it is acknowledged", scriptsTold},

		{"trace numbers are unique in a terminal and batch, whatever they are for", stanUnique},
		{"trace numbers wrap at 999999 and skip what is used or open", stanWraps},
		{"trace numbers of many programs are all different", stanRaces},

		{"a session is signed on until its batch closes", sessionLife},
		{"a new store has an open batch", batchFirst},
		{"terminals have batches of their own", batchPerTerminal},
		{"a batch does not close over anything open", batchWaits},
		{"a batch that closes keeps its totals, and the next is open", batchLife},
		{"a batch is recorded along its life only", batchMoves},
		{"a batch has one currency", batchCurrency},
		{"totals count approved card transactions", totalsCount},
		{"tender totals count what was approved and stands, by tender", tenderTotals},

		{"a reconciliation follows the newest, or repeats it", settlementFollows},
		{"a reconciliation that says the same is stored once", settlementOnce},
		{"a batch and a file are reconciled once", settlementTakesOnce},
		{"one of many programs that reconcile at once is stored", settlementRaces},

		{"a cash sale completes its ticket and moves everything in one commit", cashSale},
		{"a card sale keeps stock back and moves it when it is approved", cardSale},
		{"a sale that came to nothing gives its stock back and can be paid again", declinedSale},
		{"a ticket paid in part waits for the rest, or for an undo", splitSale},
		{"what rounding adds pays for nothing", cashRounding},
		{"a payment is held against its ticket", paymentRules},
		{"an open ticket is held, held again and canceled", heldTicket},
		{"a ticket of nothing to pay completes without money", freeTicket},
		{"the last item goes to one of many programs", lastItem},
		{"a ticket is paid by one of many programs", paidOnce},
		{"points are spent once", pointsSpent},
		{"a sale approved here counts at once, and no more if the host never takes it", advisedSale},
		{"a ticket is undone with the last of its payments", voidedTicket},
		{"a return takes back what was sold, and not more", returnRules},
		{"a return that was undone gives its lines back", returnUndone},
		{"money of a ticket goes back with its goods", refundOfTicket},
		{"the same line comes back to one of many programs", returnRaces},
		{"a filter of tickets selects, newest first", ticketFilter},

		{"a terminal has one shift at a time, which ends when all is settled", shiftLife},
		{"a drawer adds up", drawerAddsUp},
		{"a Z report holds all since the one before, chained to it", zReports},
		{"a business day begins at the shop's hour", businessDays},
		{"a range of days is the sum of its days", rangesAddUp},

		{"a filter selects, newest first", filterSelects},
		{"a history has one row for each commit and remark, oldest first", historyTells},
		{"what is not there is not found", notFound},

		{"an item is given back as it was stored", itemKept},
		{"items are stored all or none", itemsAllOrNone},
		{"an item of another version is not changed", itemStale},
		{"a SKU or barcode has one item that is not deleted", codesUnique},
		{"items of one commit hand codes to one another", codesSwapped},
		{"a deleted item gives its codes up, and may come back for them", itemDeleted},
		{"a code finds its variant, exactly", itemByCode},
		{"prices and costs keep their history", pricesKept},
		{"items are listed by category and name, and counted", itemsListed},
		{"items are found by parts of their names, in any script", itemsSearched},
		{"a search finds what a look at each name would", searchAgrees},

		{"stock moves are kept, newest first", stockMoves},
		{"levels are those of what stock is kept of", stockLevels},
		{"a stock move that cannot be is refused with all that come with it", stockRefused},
		{"the last one goes to one of many programs", stockLastOne},
		{"what is on hand is the sum of its moves", stockSums},
		{"a stocktake moves stock to its counts", stocktakeLife},
		{"a stocktake that is canceled moves nothing", stocktakeCanceled},
		{"a stocktake is posted by one of many programs", stocktakePostedOnce},

		{"staff is given back as it was stored", staffKept},
		{"the last admin stays one", lastAdminStays},
		{"wrong PINs are counted, each once", triesCounted},
		{"a terminal knows who is signed in", signInLife},
		{"clockings alternate", clockingsAlternate},

		{"a member is given back as it was stored, with the sum of its points", memberKept},
		{"members are found by name, number and digits of the telephone", membersFound},
		{"points by hand never fall below zero", pointsAdjusted},
		{"points are the sum of their ledger", pointsSum},

		{"promotions are given back as they were stored", programmesKept},
		{"tax classes are given back as they were stored, one the default", taxClassesKept},
		{"what is not in the books is not found", notInBooks},

		{"an open transaction of a program that ended is adopted, once", adoptEnded},
		{"an open transaction of a living program is left alone", adoptLiving},

		{"everything is there at the next start", restart},
		{"verification passes on a shop that was used", verifyPasses},
		{"a random shop agrees with its model", modelAgrees},
	}
}
