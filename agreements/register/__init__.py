"""The clerk's daily view: work list, register, ledger export and the page of one agreement."""
