"""An ordinary order (普通订单): nothing is special about it."""

from mall.flows.kinds.kind import Kind

KIND = Kind()
