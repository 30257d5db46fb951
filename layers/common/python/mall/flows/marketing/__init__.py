"""What makes it cheaper (营销): running promotions, stacking, drafts tried and rehearsed, coupons handed out."""
