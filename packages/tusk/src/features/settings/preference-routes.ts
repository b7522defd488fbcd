import '../../plugins/http.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Preferences, preferenceKinds } from '../../auth/preferences.ts'
import { type TProperties, Type } from '../../plugins/route-schema.ts'
import type { Tusk } from '../../plugins/tusk.ts'

const { theme, editorFontSize, editorTabSize } = preferenceKinds
const box = Type.Optional(Type.Literal('on'))
const Form = closed({
  editorFontSize: Type.Integer({ minimum: editorFontSize.min, maximum: editorFontSize.max }),
  editorTabSize: Type.Integer({ minimum: editorTabSize.min, maximum: editorTabSize.max }),
  editorLineWrap: box,
  editorLineNumbers: box,
  editorCloseBrackets: box,
  editorCompletion: box,
  editorVimKeys: box,
})
const Change = closed({
  theme: Type.Optional(Type.Enum(theme.choices)),
  editorFontSize: Type.Optional(Form.properties.editorFontSize),
  editorTabSize: Type.Optional(Form.properties.editorTabSize),
  editorLineWrap: Type.Optional(Type.Boolean()),
  editorLineNumbers: Type.Optional(Type.Boolean()),
  editorCloseBrackets: Type.Optional(Type.Boolean()),
  editorCompletion: Type.Optional(Type.Boolean()),
  editorVimKeys: Type.Optional(Type.Boolean()),
})

/** What people choose for themselves; of nobody else. */
export function preferenceRoutes(app: FastifyInstance, { preferences }: Tusk): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()
  const config = { permission: 'authenticated', forPerson: true } as const

  routes.post('/settings/preferences', { config, schema: { hide: true, body: Form } }, async (request, reply) => {
    const { editorFontSize: fontSize, editorTabSize: tabSize, ...boxes } = request.body
    // A box that is not ticked is not sent.
    const chosen = {
      editorFontSize: fontSize,
      editorTabSize: tabSize,
      editorLineWrap: boxes.editorLineWrap !== undefined,
      editorLineNumbers: boxes.editorLineNumbers !== undefined,
      editorCloseBrackets: boxes.editorCloseBrackets !== undefined,
      editorCompletion: boxes.editorCompletion !== undefined,
      editorVimKeys: boxes.editorVimKeys !== undefined,
    }
    await preferences.change(request.actor, chosen)
    return reply.partial('preferences.html', {
      preferences: chosen,
      said: 'Saved. Pages that you open from now on have it.',
    })
  })
  routes.get(
    '/api/preferences',
    { config, schema: { tags: ['profile'], summary: 'What you chose: theme and editor' } },
    ({ actor }) => preferences.of(actor),
  )
  routes.post(
    '/api/preferences',
    { config, schema: { tags: ['profile'], summary: 'Choose theme and editor; what is absent stays', body: Change } },
    ({ actor, body }) => preferences.change(actor, body as Preferences),
  )
}

function closed<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false })
}
