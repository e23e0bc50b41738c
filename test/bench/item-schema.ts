import { z } from 'zod'

/** What cases c and g ask for, as a schema. */
export const itemSchema: z.ZodType<{ name: string; price: number; tags: string[] }> = z.object({
  name: z.string().min(1),
  price: z.number().positive(),
  tags: z.array(z.string()),
})
