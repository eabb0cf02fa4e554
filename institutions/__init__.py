"""Who a party is: medical and elder-care institutions, authorities, memberships."""
